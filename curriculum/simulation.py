"""A learner's year, played through the real rules against a memory whose truth is known: `python3 app.py simulate`.

The rules see answers only, as they would of a person. What the person remembers comes from a truth model: FSRS with
other parameters than the standard ones, or half-lives, which are not FSRS.
"""

import json
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlmodel import col

from core import clock, startup
from core.accounts import SignIn, create, hash_of
from core.database import Database
from core.ids import uuid7
from core.settings import Settings
from curriculum import backlog, day_list, fitting, optimise, plans, replay, reviews, store
from curriculum.cards import retired
from curriculum.day_list import Backlog
from curriculum.library import Library
from curriculum.log import counting
from curriculum.models import Learner, Review
from curriculum.scheduling import State
from curriculum.spacing import STANDARD
from curriculum.truth_models import Truth, rate

ZONE = "UTC"
START = datetime(2026, 1, 5, 12, tzinfo=UTC)
YEAR = 365
CARDS_A_DAY, DAYS_OF_CARDS = 20, 60
AWAY = ((100, 113), (220, 233))  # first and last day of each absence, counted from 0
BACK = tuple(last + 1 for _, last in AWAY)
SPREAD = 7  # days over which a backlog is spread where the learner chooses so
SECONDS_A_CARD = 8
OTHER = tuple(
    weight * factor
    for weight, factor in zip(STANDARD, (1.6, 0.6, 1.7, 0.8, *(1.1, 0.95, 1.1, 1.0), *([1.05] * 12), 1.2), strict=True)
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """new_a_day, reviews_a_day: limits. pauses: whether the absences are told. choice: what is done with a backlog,
    cap or spread. fits: whether own parameters are fitted each month, as the site does."""

    name: str
    truth: Callable[[random.Random], Truth]
    new_a_day: int = 10
    reviews_a_day: int = 120
    is_away: bool = True
    pauses: bool = False
    choice: str = "cap"
    fits: bool = True


@dataclass(slots=True)
class Day:
    """One day of the year as it went. Counts are reviews, without new cards and learning steps."""

    number: int
    cap: int  # the most that was to come
    answered: int = 0
    recalled: int = 0
    overdue: int = 0  # before the day's first answer
    is_capped: bool = False  # some of what was due waits
    promised: int | None = None  # on a return with a backlog: the days in which it was said to be gone


@dataclass(slots=True)
class Played:
    """A year that was played. known: mean chance of recall over the cards begun, at its end."""

    scenario: Scenario
    days: list[Day] = field(default_factory=list)
    known: float = 0.0
    cards: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_cap_kept(self) -> bool:
        return all(day.answered <= day.cap for day in self.days)

    def retention(self, *, capped: bool | None = None, since: int = 0) -> float:
        """The part of reviews that were recalled. capped: only days on which cards had to wait, or only the others."""
        some = [day for day in self.days if day.number >= since and capped in (None, day.is_capped)]
        answered = sum(day.answered for day in some)
        return sum(day.recalled for day in some) / answered if answered else float("nan")

    def caught_up(self) -> list[tuple[int, int | None]]:
        """(days promised, days it took until a day began with nothing overdue; None: not within the year) of each
        return."""
        return [
            (day.promised, next((one.number - day.number for one in self.days[place:] if not one.overdue), None))
            for place, day in enumerate(self.days)
            if day.promised is not None
        ]


def play(scenario: Scenario, *, seed: int, days: int = YEAR, folder: Path | None = None) -> Played:
    """Play one year."""
    dice = random.Random(seed)
    truth = scenario.truth(dice)
    played = Played(scenario)
    with _site(folder) as (base, user_id, token):
        library = _library(CARDS_A_DAY * DAYS_OF_CARDS)
        _settle(base, user_id, scenario)
        for number in range(days):
            at = START + timedelta(days=number)
            if number < DAYS_OF_CARDS:
                _join(base, user_id, library, number, at)
            if any(first <= number <= last for first, last in AWAY) and scenario.is_away:
                continue
            if scenario.fits and number and number % 30 == 0:
                _fit(base, user_id, at)
            played.days.append(_day(base, library, user_id, token, scenario, truth, dice, number, at))
        with base.reading() as db:
            played.faults = replay.faults(db, user_id)
        today = clock.study_day(START + timedelta(days=days), ZONE)
        recalls = [truth.recall(card_id, today) for card_id in library.cards if truth.recall(card_id, today)]
        played.known, played.cards = sum(recalls) / max(1, len(recalls)), len(recalls)
    return played


def _day(
    base: Database,
    library: Library,
    user_id: UUID,
    token: str,
    scenario: Scenario,
    truth: Truth,
    dice: random.Random,
    number: int,
    at: datetime,
) -> Day:
    """Look at what waits, choose, and answer until nothing is left."""
    today = clock.study_day(at, ZONE)
    waits, promised = _sit_down(base, library, user_id, scenario, at)
    answers = store.of(base)
    shown: reviews.Shown | None = reviews.next_card(answers, library, user_id, ZONE, at=at)
    while shown and shown.card:
        at += timedelta(seconds=SECONDS_A_CARD)
        card_id = shown.card.id
        rating = rate(dice, truth, card_id, today)
        shown = reviews.answer(
            answers,
            library,
            token,
            card_id,
            review_id=uuid7(),
            rating=rating,
            seconds=SECONDS_A_CARD,
            at=at,
            idle_before=START,
        )
        truth.answered(card_id, rating, at, today)
    with base.reading() as db:
        of_day = counting(user_id).where(col(Review.day) == today, col(Review.state_before) == State.REVIEW)
        ratings = [row.rating for row in db.exec(of_day)]
    recalled = sum(rating > 1 for rating in ratings)
    return Day(number, waits.today, len(ratings), recalled, waits.overdue, waits.is_over, promised)


def _sit_down(
    base: Database, library: Library, user_id: UUID, scenario: Scenario, at: datetime
) -> tuple[Backlog, int | None]:
    """Build the day's list, after the choice that this learner makes about a backlog; and what the page promised."""
    today = clock.study_day(at, ZONE)
    with base.writing() as db:
        before = day_list.backlog(db, library, user_id, ZONE, at=at)
        if scenario.choice == "spread" and before.is_over and before.spread_until is None:
            db.get_one(Learner, user_id).spread_until = today + SPREAD - 1
            db.flush()
        waits = day_list.backlog(db, library, user_id, ZONE, at=at)
        promised = None
        if waits.is_over and (today - clock.study_day(START, ZONE)) in BACK:
            promised = SPREAD if waits.spread_until else backlog.gone_in(db, user_id, ZONE, at=at)
        day_list.build(db, library, user_id, ZONE, at=at)
    return waits, promised


def _fit(base: Database, user_id: UUID, at: datetime) -> None:
    """What the monthly job does."""
    with base.writing() as db:
        in_use = plans.of(plans.learner(db, user_id)).parameters
        found = optimise.outcomes(db, user_id)
        if len(found) >= fitting.FEWEST:
            optimise.keep(db, user_id, ZONE, fitting.fit(found, in_use), in_use, at=at)


def _join(base: Database, user_id: UUID, library: Library, number: int, at: datetime) -> None:
    cards = list(library.cards.values())[number * CARDS_A_DAY : (number + 1) * CARDS_A_DAY]
    with base.writing() as db:
        reviews.add_cards(db, user_id, cards, at=at)


def _settle(base: Database, user_id: UUID, scenario: Scenario) -> None:
    first = clock.study_day(START, ZONE)
    pauses = [[first + begins, first + ends] for begins, ends in AWAY] if scenario.pauses else []
    with base.writing() as db:
        db.add(
            Learner(
                user_id=user_id,
                new_a_day=scenario.new_a_day,
                reviews_a_day=scenario.reviews_a_day,
                pauses=json.dumps(pauses) if pauses else "",
            )
        )


@contextmanager
def _site(folder: Path | None) -> Iterator[tuple[Database, UUID, str]]:
    """A database of its own with one learner who is signed in."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        settings = Settings.model_construct(data=Path(name), synchronous="NORMAL", secret_key="for a simulation" * 3)
        settings.backups.mkdir()
        startup.migrate(settings)
        base = Database(settings)
        with base.writing() as db:
            user = create(db, name="Simulated", email="simulated@example.com", password="", zone=ZONE, at=START)
            token = f"{user.id.hex}.simulated"
            ends = START + timedelta(days=2 * YEAR)
            db.add(
                SignIn(
                    user_id=user.id,
                    token_hash=hash_of(token),
                    browser="",
                    created_at=START,
                    seen_at=ends,
                    expires_at=ends,
                )
            )
            user_id = user.id
        yield base, user_id, token
        base.engine.dispose()


def _library(count: int) -> Library:
    """Cards without words, twenty to a lesson."""
    cards = [
        replace(retired(f"c{number:05}"), lesson=f"lesson-{number // CARDS_A_DAY:02}", line=number)
        for number in range(count)
    ]
    return Library(cards={card.id: card for card in cards})
