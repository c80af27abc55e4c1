"""What the brief proposes for the agenda: drawn from its own parts, so that a mentor ticks and types nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from mentorship.brief_learning import Cards
from mentorship.brief_meetings import Ahead, Promises
from mentorship.brief_work import Changed, Milestones
from mentorship.few import Few, few
from mentorship.models.meetings import ParkedQuestion

MOST = 6
FAILING = 2  # cards of one lesson from which on the lesson is proposed


@dataclass(frozen=True, slots=True)
class Proposal:
    text: str
    source: str  # parked, overdue, handed in, new version, cards
    key: tuple[str, str]  # source and source_id of the agenda item that it would become


def proposals(
    ahead: Ahead | None,
    questions: Few[ParkedQuestion] | None,
    promises: Promises,
    milestones: Milestones | None,
    pieces: Few[Changed] | None,
    cards: Cards | None,
) -> Few[Proposal]:
    """What does not stand on the agenda yet. None: not shown."""
    taken = ahead.taken if ahead else frozenset()
    found = [
        *(_parked(questions) if questions else ()),
        *_overdue(promises),
        *(_handed_in(milestones) if milestones else ()),
        *(_versions(pieces) if pieces else ()),
        *(_failing(cards) if cards else ()),
    ]
    return few([one for one in found if one.key not in taken], MOST)


def _parked(questions: Few[ParkedQuestion]) -> Iterator[Proposal]:
    for one in questions.shown:
        yield Proposal(one.text, "parked", ("parked", str(one.id)))


def _overdue(promises: Promises) -> Iterator[Proposal]:
    for one in promises.overdue.shown:
        yield Proposal(one.action.text, "overdue", ("carried", str(one.action.id)))


def _handed_in(milestones: Milestones) -> Iterator[Proposal]:
    for one in milestones.submitted.shown:
        title = f"M{one.milestone.number:02d} {one.milestone.title}"
        yield Proposal(title, "handed in", ("milestone", one.milestone.slug))


def _versions(pieces: Few[Changed]) -> Iterator[Proposal]:
    for one in pieces.shown:
        if one.numbers:
            yield Proposal(f"{one.piece.title} V{one.numbers[-1]}", "new version", ("piece", str(one.piece.id)))


def _failing(cards: Cards) -> Iterator[Proposal]:
    for topic in cards.weakest:
        if topic.slug and len(topic.cards) >= FAILING:
            text = f"{topic.title}: {len(topic.cards)} cards that fail"
            yield Proposal(text, "cards", ("card", topic.cards[0].weak.card_id if topic.cards[0].weak else ""))
