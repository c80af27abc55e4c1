"""The sounds of a round on the learner's own mix: hers alone, made when they are asked for, kept nowhere."""

import io
import tempfile
from pathlib import Path
from uuid import UUID

from flask import Blueprint, current_app, send_file, url_for
from sqlmodel import Session

from core.access import current_user, signed_in
from core.database import close_db, get_db
from core.errors import Busy, NotFound
from curriculum.ear import own_mix, rounds
from curriculum.ear.own_mix import Mix, Mixes
from curriculum.models import EarRound
from curriculum.views import sounds
from curriculum.views.hearing import Hearing, Side

bp = Blueprint("ear_mixes", __name__)
NAMES = ("a", "b")
PATIENCE = 20.0  # seconds


def mixes() -> Mixes:
    found: Mixes = current_app.extensions["own_mixes"]
    return found


def of_round(db: Session, row: EarRound) -> Mix | None:
    """The mix that a round is made from; None for generated sounds, and where the mix is gone meanwhile."""
    return mixes().find(db, row.user_id, UUID(row.material)) if row.material else None


def on(sound: Hearing, row: EarRound, number: int) -> Hearing:
    """The question as it sounds on the round's own mix."""
    sides = tuple(
        Side(name, name.upper(), url_for("ear_mixes.sound", round_id=row.id, number=number, side=name))
        for name in NAMES
    )
    return sound._replace(sides=sides, chosen=None)


@bp.get("/ear/rounds/<uuid:round_id>/mix/<int:number>/<any(a, b):side>.flac")
@signed_in
def sound(round_id: UUID, number: int, side: str):
    """A side of a question. One that has not come yet is not found."""
    db = get_db()
    row = rounds.own(db, current_user().id, round_id)
    mix = of_round(db, row)
    if mix is None or number > len(rounds.given_so_far(db, row)) + 1:
        raise NotFound
    asked = rounds.question(row, number)
    close_db()
    answer = send_file(io.BytesIO(_made(mix, asked.specs, NAMES.index(side))), "audio/flac", conditional=True)
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def _made(mix: Mix, specs: rounds.Specs, place: int) -> bytes:
    from curriculum.synth import render

    seats = sounds.takes().seats  # as few at once as of all sounds
    if not seats.acquire(timeout=PATIENCE):
        raise Busy("Too many sounds are being made at this moment. Please press play again.")
    try:
        with tempfile.TemporaryDirectory(prefix="woodshed-mix-") as folder:
            clip = Path(folder) / "clip.flac"
            mixes().cut(mix, clip)
            return render.encoded(own_mix.pair(specs, clip)[place], specs[0]["rate"], "flac")
    finally:
        seats.release()
