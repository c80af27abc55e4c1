"""What a page shows of a question to the ear: what plays and how it is answered, and afterwards what it was."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import request, url_for

from core.ids import uuid7
from curriculum.content import Card
from curriculum.ear import answer_form, answers, chosen
from curriculum.ear import takes as all_takes
from curriculum.ear.asked import Asked
from curriculum.ear.takes import Take
from curriculum.models import Learner
from curriculum.pictures import Picture, heard
from curriculum.synth import spec as specs
from curriculum.typed import Verdict
from curriculum.views.sounds import is_silent, takes

REFERENCE = specs.read({"kind": "level", "source": "keys", "change_db": 0, "seconds": 4})  # to set the volume by
KEYS = ("a", "b")
SIDES = ("A", "B")


class Side(NamedTuple):
    """A button that plays."""

    key: str
    words: str
    address: str


class Hearing(NamedTuple):
    """by_ear False: picture stands in the place of the sides. picture: before the answer what is seen of the sound,
    after it what it was."""

    asked: Asked
    by_ear: bool
    sides: tuple[Side, ...]
    chosen: Side | None  # the sound of another answer that was given
    reference: str  # address of the sound by which the volume is set
    at_once: bool
    picture: Picture | None
    axis: answer_form.Axis | None
    piano: tuple[answer_form.PianoKey, ...]
    grid: answer_form.Grid | None
    unit: str
    answered: str  # what was given, in words
    plays: int
    highest: int  # rating that this answer may get
    op: UUID


def given(asked: Asked | None) -> str | None:
    """The answer that came with this request, if any."""
    return answer_form.given(asked, request.values.getlist) if asked else request.values.get("given")


def plays() -> int:
    """How often it sounded before the answer, as the page counted."""
    return min(max(request.values.get("plays", 0, type=int), 0), answers.MOST_PLAYS)


def must_be_heard(card: Card, at: datetime) -> bool:
    """Whether this sitting, which goes without sound, must put the card off: its question holds a recording, of which
    there is no picture as there is of what the synth plays."""
    return "<audio" in card.front and is_silent(at)


def of(asked: Asked, learner: Learner, *, key: str | None, verdict: Verdict | None, at: datetime) -> Hearing:
    """key: the answer that was given, None before it."""
    by_ear, is_small = not is_silent(at), learner.saves_data and all_takes.may_lose(asked)
    kind = "mp3" if is_small else "flac"
    found = all_takes.of(asked.specs)
    sides = (
        (Side("p", "Play", _address(found[0], kind)),)
        if len(found) == 1
        else tuple(Side(KEYS[place], SIDES[place], _address(take, kind)) for place, take in enumerate(found))
    )
    other = chosen.take(asked, key) if key is not None else None
    by = asked.answered_by if key is None else ""
    count = plays() if key is not None else 0
    return Hearing(
        asked,
        by_ear,
        sides,
        Side("c", "Your answer", _address(other, kind)) if other else None,
        _address(Take(REFERENCE), "flac"),
        by_ear and key is None and learner.plays_at_once,
        heard.after(asked) if key is not None else None if by_ear else heard.instead(asked),
        answer_form.axis(asked) if by == "axis" else None,
        answer_form.piano(asked) if by == "keyboard" else (),
        answer_form.grid(asked) if by == "tap" and asked.kind == "rhythm" else None,
        answer_form.unit(asked),
        chosen.words(asked, key or ""),
        count,
        answers.highest(verdict.grade, count) if verdict else answers.EASY,
        uuid7(),
    )


def _address(take: Take, kind: str) -> str:
    return url_for("sounds.sound", name=takes().keep(take), kind=kind)
