"""Ada with cards that sound, one of every kind, and a course that holds them."""

from pathlib import Path

from sqlmodel import Session

from app import create_app
from core import settings, startup
from curriculum import reviews
from tests.curriculum import sounding_content
from tests.curriculum.sounding_content import IDS, PATH, SOUNDING
from tests.e2e import cast
from tests.e2e.cast import Cast, days_ago

KEYED = "sndkey"
KEYS = """/// card | id: sndkey, type: sound-interval, tags: ear
Play the second note.
---
kind: interval
semitones: 3, 4, 5, 7
ask: semitones
answer: keyboard
///
"""


def content(root: Path) -> Path:
    """A content folder below root."""
    kept, sounding_content.IDS = sounding_content.IDS, {kind: IDS[kind] for kind in SOUNDING}
    try:
        folder = sounding_content.write_content(root)
    finally:
        sounding_content.IDS = kept
    path = root / PATH
    path.write_text(path.read_text("utf-8").replace("## Milestone\n", f"{KEYS}\n## Milestone\n", 1), "utf-8")
    return folder


def fill(data: Path, folder: Path, cards: dict[str, list[str]]) -> Cast:
    """cards: person -> ids of the cards that they have."""
    startup.prepare(data=data, content=folder)
    app = create_app(settings.load(data=data, content=folder))
    made = Cast()
    with app.app_context():
        library = app.extensions["shelf"].library
        with Session(app.extensions["database"].writer, expire_on_commit=False) as db:
            cast.people(made, db)
            for name, ids in cards.items():
                reviews.add_cards(db, made.id_of(name), [library.cards[one] for one in ids], at=days_ago(1))
            db.commit()
    app.extensions["database"].engine.dispose()
    made.ids |= {name: str(person.id) for name, person in made.people.items()}
    return made
