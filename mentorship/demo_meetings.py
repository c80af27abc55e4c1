"""What the demo people do about their meetings, one step at a time: agree, plan, move, call off, sign, park, note."""

from datetime import datetime

from mentorship import agenda, agreements, appointments, links, notes, own_notes, parking, sessions, signing
from mentorship.agreements import Terms
from mentorship.demo_steps import Stage
from mentorship.notes import Written
from mentorship.parking import Source
from mentorship.planning import Plan, Times
from mentorship.sessions import Between


def agree(stage: Stage, at: datetime, *, goals: str, cadence: str, ways: str) -> None:
    """The mentor writes what they agree on."""
    with stage.base.writing() as db:
        link = links.link_with(db, stage.mentor.id, stage.apprentice.id)
        row = agreements.write(db, stage.mentor.id, link.id, Terms(goals, cadence, ways), before=None, at=at)
        stage.made["link"], stage.made["agreement"] = link.id, row.id


def say_yes(stage: Stage, at: datetime) -> None:
    """The apprentice agrees."""
    with stage.base.writing() as db:
        agreements.say_yes(db, stage.apprentice.id, stage.made["link"], stage.made["agreement"], at=at)


def propose(stage: Stage, at: datetime, name: str, *, day: int, wall: str, title: str = "") -> None:
    """The apprentice proposes a meeting. day: days before the demo's day; below 0 after it; wall: on her clock."""
    her = stage.apprentice
    times = Times(stage.moment(day, wall), her.zone, 45)
    plan = Plan(times, "meeting", title, "remote", "video call")
    with stage.base.writing() as db:
        session = appointments.propose(db, her.id, Between(her.id, stage.mentor.id), plan, at=at)
        stage.made[name] = session.id


def confirm(stage: Stage, at: datetime, name: str, *, day: int, wall: str, by: str) -> None:
    with stage.base.writing() as db:
        appointments.confirm(db, stage.person(by).id, stage.made[name], stage.moment(day, wall), at=at)


def move(stage: Stage, at: datetime, name: str, *, day: int, wall: str) -> None:
    """The mentor asks for another time."""
    him = stage.mentor
    times = Times(stage.moment(day, wall), him.zone, 45)
    with stage.base.writing() as db:
        seen = sessions.seen(db, him.id, stage.made[name]).sequence
        appointments.move(db, him.id, stage.made[name], times, seen=seen, at=at)


def cancel(stage: Stage, at: datetime, name: str, reason: str) -> None:
    """The mentor calls it off."""
    with stage.base.writing() as db:
        appointments.cancel(db, stage.mentor.id, stage.made[name], reason, at=at)


def sign(stage: Stage, at: datetime, name: str, *, by: str) -> None:
    with stage.base.writing() as db:
        signing.sign(db, stage.person(by).id, stage.made[name], at=at)


def write_on(stage: Stage, at: datetime, name: str, more: str, *, by: str) -> None:
    """Add to the shared notes, which keep their former state."""
    writer = stage.person(by).id
    with stage.base.writing() as db:
        session = sessions.seen(db, writer, stage.made[name])
        written = Written(f"{session.notes}\n\n{more}".strip(), session.notes_number)
        notes.save(db, writer, session.id, written, at=at)


def note(stage: Stage, at: datetime, name: str, text: str, *, by: str) -> None:
    """Write down something for nobody else."""
    with stage.base.writing() as db:
        own_notes.save(db, stage.person(by).id, stage.made[name], text, before=None, at=at)


def add_line(stage: Stage, at: datetime, name: str, text: str, *, by: str = "apprentice") -> None:
    """Put a line on the agenda."""
    with stage.base.writing() as db:
        agenda.add(db, stage.person(by).id, stage.made[name], text, at=at)


def park(stage: Stage, at: datetime, text: str, source: Source = parking.NOWHERE, *, name: str = "") -> None:
    """The apprentice keeps a question."""
    with stage.base.writing() as db:
        question = parking.park(db, stage.library, stage.apprentice.id, text, source, at=at)
        stage.made[name or text] = question.id


def take(stage: Stage, at: datetime, name: str, question: str) -> None:
    """A parked question goes on the agenda of a meeting."""
    her, asked = stage.apprentice.id, str(stage.made[question])
    with stage.base.writing() as db:
        agenda.take(db, stage.library, her, stage.made[name], "parked", asked, at=at)
