"""Measures: a piece beside targets and a reference, a silent one, the owner's word, the list of references."""

from flask import Flask
from sqlmodel import Session

from mentorship import milestones, portfolio
from tests.e2e import sounds
from tests.e2e.cast import Cast, days_ago
from tests.e2e.stop import Stop
from tests.mentorship.measured import curves, figures, measured

STOPS = [
    Stop("portfolio.show", "/portfolio/pieces/{measured}", ("ada", "ben"), "measured"),
    Stop("portfolio.show", "/portfolio/pieces/{silent}", ("ada",), "silent"),
    Stop("measures.guesses", "/portfolio/pieces/{measured}/tempo-and-key"),
    Stop("references.index", "/portfolio/references"),
    Stop("references.index", "/portfolio/references", ("ben",), "empty"),
]
SILENT = "It is silent."
NAMES = ("integrated", "short_term_max", "momentary_max", "range", "true_peak", "sample_peak", "crest", "plr")
NONE = {name: None for name in (*NAMES, "correlation", "mono_drop", "tempo", "key")}


def fill(cast: Cast, db: Session, app: Flask) -> None:
    storage, library, ada = app.extensions["storage"], app.extensions["shelf"].library, cast.people["ada"]
    master = library.milestones[next(slug for slug, one in library.milestones.items() if one.number == 15)]
    version = measured(db, storage, ada.id, "Glass arcade", at=days_ago(3), found=figures(-6.9), drawn=curves(-6.9))
    piece = portfolio.find(db, ada.id, version.piece_id)
    portfolio.share(db, piece, at=days_ago(3))
    milestones.link(db, ada.id, master, master.evidence[0].id, version.id, at=days_ago(2))
    measured(
        db, storage, ada.id, "Mara Quell: Low water", at=days_ago(9), found=figures(-11.8),
        drawn=curves(-11.8, seed=2, bright=0.35), is_reference=True, content=sounds.wav(2),
    )  # fmt: skip
    empty = {"reasons": dict.fromkeys(NONE, SILENT), "words": [SILENT], "clips": 0, "clip_places": []}
    silent = measured(
        db, storage, ada.id, "Bounce of nothing", at=days_ago(2), found=figures(-20, **NONE, **empty),
        drawn={"loudness": {"step": 0.1, "momentary": [None] * 99, "short_term": [None] * 99}, "spectrum": None},
    )  # fmt: skip
    cast.ids["measured"], cast.ids["silent"] = str(piece.id), str(silent.piece_id)
