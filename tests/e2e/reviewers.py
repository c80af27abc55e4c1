"""People at their reviews, each in a state that a test of reviewing begins with, so that no test disturbs another."""

import random
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session

from app import create_app
from core import settings, startup
from curriculum import lessons, own_cards, pace, reviews
from curriculum.library import Library
from curriculum.models import Memory
from curriculum.own_cards import Draft
from curriculum.scheduling import State
from tests.e2e import cast
from tests.e2e.cast import Cast, days_ago

PLAIN = [Draft("basic", f"Bar {number}: which chord?", f"Chord {number}", "", "plain") for number in range(1, 9)]
KINDS = [
    Draft("basic", "Which pedal is the sustain pedal?", "The **right** one."),
    Draft("typed", "Phantom power: how many volts?", "48 volts | 48 V"),
    Draft("choice", "Which mode begins on D?", "- [x] Dorian\n- [ ] Lydian\n- [ ] Locrian"),
    Draft(
        "calculation",
        "How long is one beat at {bpm} beats a minute?",
        "bpm: 60, 100, 120\nanswer: 60000 / bpm\nunit: ms",
        "60000 ÷ {bpm} = {answer}",
    ),
    Draft("cloze", "A {{1:fifth|interval}} has seven half steps."),
]


def fill(data: Path) -> Cast:
    """Besides the cast's Gil (back after weeks) and Hana (on holiday): Ada has a lesson's cards and plain ones, Ben and
    Cleo plain ones, Dora one of each kind, Fay one that she forgot five times."""
    startup.prepare(data=data)
    app = create_app(settings.load(data=data))
    made = Cast()
    with app.app_context():
        library = app.extensions["shelf"].library
        with Session(app.extensions["database"].writer, expire_on_commit=False) as db:
            cast.people(made, db)
            cast.away(made, db, library)
            first = next(iter(library.lessons.values()))
            made.ids["lesson"] = first.slug
            lessons.mark_done(db, made.id_of("ada"), first, at=days_ago(2))
            for name, drafts in (("ada", PLAIN), ("ben", PLAIN), ("cleo", PLAIN), ("dora", KINDS)):
                write(made, db, library, name, drafts)
            reviews.add_cards(db, made.id_of("fay"), first.cards[:1], at=days_ago(90))
            is_due(db, made, "fay", first.cards[0].id, lapses=5)
            made.ids["leech"] = first.cards[0].id
            pace.set_pace(db, made.id_of("cleo"), new_a_day=3, reviews_a_day=5, retention=0.9, easy_days=0)
            db.commit()
    app.extensions["database"].engine.dispose()
    made.ids |= {name: str(person.id) for name, person in made.people.items()}
    return made


def write(made: Cast, db: Session, library: Library, name: str, drafts: list[Draft]) -> None:
    dice = random.Random(name)
    for number, draft in enumerate(drafts):
        at = days_ago(3) + timedelta(minutes=number)
        own_cards.write(db, library, made.id_of(name), draft, dice=dice, at=at)


def is_due(db: Session, made: Cast, name: str, card_id: str, *, lapses: int) -> None:
    """Make this card one in review that was forgotten so often and is due since yesterday."""
    row = db.get_one(Memory, (made.id_of(name), card_id))
    row.state, row.days, row.stability, row.difficulty, row.lapses = State.REVIEW, 6, 6.0, 8.0, lapses
    row.reviewed_at, row.due_at, row.reps = days_ago(7), days_ago(1), 12
    row.reviewed_day = row.reviewed_at.date().toordinal()
