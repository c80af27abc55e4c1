"""What two people agree on: goals, cadence, how they work. Both say yes; a change is a new row and needs both again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from core import inbox
from core.accounts import User
from core.errors import Conflict, NotFound, Refused
from core.ids import uuid7
from mentorship import links, news
from mentorship.links import Pair
from mentorship.models.people import Agreement, Link

LONGEST = 2000  # characters of each of the three


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody writes; Markdown, each of the three."""

    goals: str
    cadence: str
    ways: str


START = Terms(
    goals="""- What I want to be able to do in nine months:
- How we will both notice that it works:
- What is hardest for me right now:""",
    cadence="""- We meet every second week for 45 minutes, online.
- Whoever cannot come says so a day before and proposes another time.
- Between meetings: questions are parked in Woodshed; short ones get an answer within three days.""",
    ways="""- The apprentice brings something to hear or to look at, unfinished is fine, and one question.
- The mentor listens to the end first, then says what works, what does not yet, and one thing to do next.
- Each meeting ends with at most three actions, each with a name and a date.
- What is said between us stays between us.
- After the third meeting we ask whether this still fits, and change it here if it does not.""",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the history. held_from: when both had said yes; None: they never did."""

    agreement: Agreement
    writer: str  # a name
    held_from: datetime | None
    held_until: datetime | None  # None: it holds, or never did


@dataclass(frozen=True, slots=True)
class Agreed:
    """Where two people stand."""

    holds: Step | None  # the newest to which both said yes
    waits: Step | None  # a newer one that waits for a yes
    history: tuple[Step, ...]  # all of them, the newest first

    @property
    def newest(self) -> Agreement | None:
        return self.history[0].agreement if self.history else None


def of(db: Session, link: Link) -> Agreed:
    """The agreements of a link."""
    statement = select(Agreement).where(Agreement.user_id == link.user_id, Agreement.link_id == link.id)
    rows = list(db.exec(statement.order_by(col(Agreement.written_at).desc(), col(Agreement.id).desc())))
    names = {
        user.id: user.name for user in db.exec(select(User).where(col(User.id).in_([link.user_id, link.mentor_id])))
    }
    steps: list[Step] = []
    until: datetime | None = None
    for row in rows:
        since = yes_of_both(row)
        steps.append(Step(row, names.get(row.written_by, "somebody"), since, until if since else None))
        until = since or until
    holds = next((step for step in steps if step.held_from), None)
    waits = steps[0] if steps and steps[0].held_from is None else None
    return Agreed(holds, waits, tuple(steps))


def yes_of_both(row: Agreement) -> datetime | None:
    """When the second of the two said yes; None: somebody has not yet."""
    if row.apprentice_yes_at is None or row.mentor_yes_at is None:
        return None
    return max(row.apprentice_yes_at, row.mentor_yes_at)


def has_said_yes(row: Agreement, person_id: UUID) -> bool:
    return (row.apprentice_yes_at if person_id == row.user_id else row.mentor_yes_at) is not None


def write(db: Session, person_id: UUID, link_id: UUID, terms: Terms, *, before: UUID | None, at: datetime) -> Agreement:
    """Propose what to agree on, or a change of it; writing it is the writer's yes, and what held goes on to hold until
    the other one says yes too.

    before: the newest row when the writer began; if the other one wrote since, nothing changes (Conflict).
    """
    pair = links.to_change(db, person_id, link_id)
    newest = of(db, pair.link).newest
    if newest and newest.id != before:
        raise Conflict(
            f"{_writer(pair, newest)} wrote while you were writing, so yours is not sent yet. Theirs stands beside "
            "yours: bring them together, then send it."
        )
    told = Terms(*(text.strip() for text in (terms.goals, terms.cadence, terms.ways)))
    _check(told)
    if newest and told == Terms(newest.goals, newest.cadence, newest.ways) and has_said_yes(newest, person_id):
        return newest
    row = Agreement(
        user_id=pair.link.user_id,
        id=uuid7(),
        link_id=link_id,
        goals=told.goals,
        cadence=told.cadence,
        ways=told.ways,
        written_by=person_id,
        written_at=max(at, newest.written_at) if newest else at,
    )
    _say_yes(row, person_id, at)
    db.add(row)
    db.flush()
    me = db.get_one(User, person_id).name
    what = "proposes to change your agreement" if newest else "wrote down how you could work together"
    _tell(db, pair, f"{me} {what}. It holds once you say yes.", at)
    return row


def say_yes(db: Session, person_id: UUID, link_id: UUID, agreement_id: UUID, *, at: datetime) -> Agreement:
    """Agree to what the other one wrote. Twice is no error; what was changed since is refused (Conflict)."""
    pair = links.to_change(db, person_id, link_id)
    rows = [step.agreement for step in of(db, pair.link).history]
    row = next((row for row in rows if row.id == agreement_id), None)
    if row is None:
        raise NotFound
    if has_said_yes(row, person_id):
        return row
    if row is not rows[0]:
        raise Conflict("This was changed since you opened the page. Read the new text, then say yes to that one.")
    _say_yes(row, person_id, at)
    _tell(db, pair, f"{db.get_one(User, person_id).name} said yes: your agreement holds from now on.", at)
    return row


def _check(terms: Terms) -> None:
    if not (terms.goals or terms.cadence or terms.ways):
        raise Refused("Write at least one of the three: goals, how often you meet, or how you work.", field="goals")
    for name in ("goals", "cadence", "ways"):
        if len(getattr(terms, name)) > LONGEST:
            raise Refused(f"This is longer than {LONGEST} characters. Shorten it a little.", field=name)


def _say_yes(row: Agreement, person_id: UUID, at: datetime) -> None:
    if person_id == row.user_id:
        row.apprentice_yes_at = at
    else:
        row.mentor_yes_at = at


def _writer(pair: Pair, row: Agreement) -> str:
    return pair.person.name if row.written_by == pair.person.id else "You, in another tab,"


def _tell(db: Session, pair: Pair, text: str, at: datetime) -> None:
    path = f"/links/{pair.link.id}/agreement"
    inbox.tell(db, pair.person.id, news.LINK, text, path=path, thread=links.thread_of(pair.link.id), at=at)
