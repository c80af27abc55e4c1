"""A/B: a page to compare versions of a piece with each other and with a reference, and what came of it."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from pydantic import BaseModel, StringConstraints
from sqlmodel import Session

from core import clock, words
from core.access import current_user, signed_in
from core.database import get_db
from core.errors import NotFound, Refused
from core.once import once
from core.web import go_on, read_form
from mentorship import comparing, portfolio
from mentorship.comparing import Choice, Deck, Result
from mentorship.models.pieces import Piece, Version

bp = Blueprint("comparing", __name__, url_prefix="/portfolio/pieces/<uuid:piece_id>")

Id = Annotated[str, StringConstraints(max_length=36)]


class ResultForm(BaseModel):
    """Versions by their place or round, in order: compared.1, compared.2; preferred.1 ... The rule looks at them."""

    compared: dict[str, Id] = {}
    preferred: dict[str, Id] = {}


@bp.get("/compare")
@signed_in
def show(piece_id: UUID):
    """`?side=`, once for each version that is compared; without any, the newest two and a reference."""
    db, me = get_db(), current_user()
    piece = portfolio.find(db, me.id, piece_id)
    offered = comparing.choices(db, me.id, piece)
    first = next((one.version for one in offered if not one.is_reference), None)
    asked = _ids(request.args.getlist("side"))
    chosen = asked or (comparing.usual(offered, first.id) if first else [])
    deck, said = None, ""
    if chosen:
        try:
            deck = comparing.deck(db, offered, chosen)
        except Refused as refusal:
            if refusal.status == NotFound.status:
                raise
            said = refusal.text
    return render_template(
        "mentorship/comparing/show.html",
        piece=piece,
        is_own=piece.user_id == me.id,
        choices=offered,
        chosen=chosen,
        said=said,
        **_shown(deck, comparing.results(db, piece, offered)),
    )


@bp.post("/comparisons")
@signed_in
@once(again=show)
def kept(piece_id: UUID):
    form = read_form(ResultForm)
    compared, preferred = _ids(form.compared.values()), _ids(form.preferred.values())
    comparing.keep(get_db(), current_user().id, piece_id, compared, preferred, at=clock.now())
    return go_on(url_for("comparing.show", piece_id=piece_id, side=[str(one) for one in compared]))


def of_page(db: Session, viewer_id: UUID, piece: Piece, version: Version | None) -> dict[str, object]:
    """What `comparing/_panel.html` needs on the page of a piece."""
    if version is None or version.kind != "audio":
        return _shown(None, [])
    offered = comparing.choices(db, viewer_id, piece)
    chosen = comparing.usual(offered, version.id)
    return _shown(comparing.deck(db, offered, chosen) if chosen else None, comparing.results(db, piece, offered))


def _shown(deck: Deck | None, results: list[Result]) -> dict[str, object]:
    return {
        "deck": deck,
        "turned": [(side, turned(side.gain)) for side in deck.sides] if deck else [],
        "results": [(one, percent(one.by_chance)) for one in results],
        "about_choice": about,
    }


def turned(gain: float) -> str:
    """As in "−2.3 dB"; "" where it is left as it is."""
    return f"−{-gain:.1f} dB" if gain <= -0.05 else ""


def percent(chance: float) -> str:
    return "less than 1" if chance < 0.01 else f"{chance * 100:.0f}"


def about(choice: Choice) -> str:
    seconds = choice.version.seconds or 0.0
    return f"{words.clock_time(round(seconds))}, {'reference' if choice.is_reference else choice.version.file_name}"


def _ids(texts: Iterable[str]) -> list[UUID]:
    """What is no id is not found."""
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise NotFound from None
