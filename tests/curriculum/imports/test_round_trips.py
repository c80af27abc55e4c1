"""Out and in again: what goes from Woodshed to a file, and through Anki's own engine, comes back as it was."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from core import clock
from core.accounts import User
from curriculum import cards, log, own_cards, replay
from curriculum.models import CardMedia, Memory, OwnCard
from tests import anki_engine
from tests.conftest import person
from tests.curriculum.imports.conftest import MP3, PNG, Taker, history, learnt, note
from tests.times import BERLIN, DAY, HOUR, MINUTE, MONDAY, WEEK

BEGUN = MONDAY - 52 * WEEK  # Anki's engine knows the real time, and moves answers of the future
LATER = BEGUN + 3 * DAY
STUDIED = history((0, 3), (0.01, 3), (3, 3), (12, 3), (30, 3), begun=BEGUN - 60 * DAY)
OWN = [
    own_cards.Draft(
        "basic", "Which **filter** takes low sounds away?", "A high-pass.", "- [why](https://example.com)", "eq"
    ),
    own_cards.Draft("reverse", "dB", "decibel", tags="level words"),
    own_cards.Draft("cloze", "A {{1:fifth|interval}} has {{2:seven}} semitones & a {{third}}.", note="Count."),
    own_cards.Draft("typed", "A period of 1 ms?", "1 kHz | 1000 Hz"),
    own_cards.Draft("choice", "Which is lower?", "- [x] C\n- [ ] D"),
]


@pytest.fixture
def life(db: Session, desk: Any, taker: Taker, package: Callable[..., Path], library: Any, ada: User) -> None:
    """Ada has cards of the course, of her own and of Anki, with pictures and a few days of answers."""
    for number, draft in enumerate(OWN):
        own_cards.write(db, library, ada.id, draft, dice=random.Random(number), at=BEGUN - HOUR)
    db.commit()
    desk.add(at=BEGUN)
    taker.bring(
        package(
            learnt("swing", front='<i>What</i> <img src="a.png">', due_in=1 - 364, answers=STUDIED),
            learnt("sleep", answers=(), due_in=9 - 364, card={"is_suspended": True}),
            note("new", '<audio src="b.mp3"></audio>'),
            media=[("a.png", PNG), ("b.mp3", MP3)],
        ),
        at=BEGUN,
    )
    for days in range(3):
        at = BEGUN + days * DAY
        shown = desk.sit_down(at=at, new=20)
        for number in range(12):
            if shown.card is None:
                break
            shown = desk.answer(shown.card.id, (3, 3, 1, 4, 2)[number % 5], at=at + number * MINUTE)


def picture_of(db: Session, user_id: Any) -> dict[str, Any]:
    """What must come back: of each card its day, interval, standing and answers, by its id."""
    db.rollback()
    counts: dict[str, int] = {}
    for row in db.exec(log.counting(user_id)):
        counts[row.card_id] = counts.get(row.card_id, 0) + 1
    mine = select(Memory).where(Memory.user_id == user_id, col(Memory.aside) < 3)
    return {
        row.card_id: (
            clock.study_day(row.due_at, BERLIN) if row.state else 0,
            row.days,
            row.state,
            row.aside,
            counts.get(row.card_id, 0),
        )
        for row in db.exec(mine.order_by(Memory.card_id))
    }


def test_out_and_in_again_changes_nothing(life, taker, fresh_db, ada, tmp_path):
    user_id = taker.user_id
    before = picture_of(fresh_db, user_id)
    texts = sorted(repr(row.model_dump()) for row in fresh_db.exec(select(OwnCard)))
    taker.take_out(tmp_path / "out.apkg", at=LATER)

    said = taker.bring(tmp_path / "out.apkg", at=LATER + HOUR)

    assert (said["new"], said["changed"], said["back"], said["new_reviews"]) == (0, 0, 0, 0)
    assert picture_of(fresh_db, user_id) == before
    assert sorted(repr(row.model_dump()) for row in fresh_db.exec(select(OwnCard))) == texts


def test_out_and_into_another_account_loses_nothing(life, db, base, taker, library, storage, fresh_db, ada, tmp_path):
    before = picture_of(fresh_db, taker.user_id)
    taker.take_out(tmp_path / "out.apkg", at=LATER)
    other = Taker(db, base, library, storage, person(db, "Zoe"))

    said = other.bring(tmp_path / "out.apkg", at=LATER)

    assert said["new"] == len(before)
    assert picture_of(fresh_db, other.user_id) == before
    media = [
        set(fresh_db.exec(select(CardMedia.sha256).where(CardMedia.user_id == one.user_id))) for one in (taker, other)
    ]
    assert media[0] == media[1] and len(media[0]) == 2
    assert replay.faults(fresh_db, other.user_id) == []
    asked = {
        row.id: cards.of_own(cards.text_of(row))
        for row in fresh_db.exec(select(OwnCard).where(OwnCard.user_id == other.user_id))
    }
    for row in fresh_db.exec(select(OwnCard).where(OwnCard.user_id == taker.user_id)):
        kept = cards.of_own(cards.text_of(row))
        assert [card.id for card in asked[row.id]] == [card.id for card in kept]
        assert [card.accepted for card in asked[row.id]] == [card.accepted for card in kept]
        if row.type != "choice":  # Anki has none: it comes back as a question with its options
            assert [words(card) for card in asked[row.id]] == [words(card) for card in kept]


def words(card: Any) -> tuple[str, ...]:
    return tuple(" ".join(part.striptags().split()) for part in (card.front, card.back, card.note))


def test_a_track_goes_out_alone(life, taker, tmp_path):
    everything = taker.take_out(tmp_path / "all.apkg", at=LATER)
    track = taker.take_out(tmp_path / "daw.apkg", "daw", at=LATER)

    assert 0 < track.cards < everything.cards


@pytest.mark.anki
@pytest.mark.xdist_group("anki")
def test_through_ankis_own_engine_cards_media_days_and_answers_stay(
    life, db, base, taker, library, storage, fresh_db, ada, tmp_path, engine_kind
):
    variant = "legacy" if engine_kind == "sqlite" else "new"
    before = picture_of(fresh_db, taker.user_id)
    taker.take_out(tmp_path / "out.apkg", at=LATER)
    seen = anki_engine.ask("pass", tmp_path / "out.apkg", tmp_path / "back.apkg", variant)
    other = Taker(db, base, library, storage, person(db, "Zoe"))

    again = taker.bring(tmp_path / "back.apkg", at=LATER + HOUR)
    other.bring(tmp_path / "back.apkg", at=LATER + HOUR)

    assert seen["is_sound"]
    assert (again["new"], again["new_reviews"]) == (0, 0)
    assert picture_of(fresh_db, taker.user_id) == before
    after = picture_of(fresh_db, other.user_id)
    assert after.keys() == before.keys()
    for card_id, (due, days, state, aside, answers) in before.items():
        found = after[card_id]
        assert abs(found[0] - due) <= 1 and abs(found[1] - days) <= 1, card_id
        assert found[3:] == (aside, answers), card_id
        assert (found[2] == 0) == (state == 0), card_id
    assert len(fresh_db.exec(select(CardMedia).where(CardMedia.user_id == other.user_id)).all()) == 2
    assert replay.faults(fresh_db, other.user_id) == [] == replay.faults(fresh_db, taker.user_id)
