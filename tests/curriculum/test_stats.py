"""Figures of the statistics page against the same figures worked out row by row, and what each of them means."""

import csv
import io
import random
from collections import Counter
from datetime import date, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from core import clock, sheets
from core.accounts import User
from core.ids import uuid7
from curriculum import lessons, log, plans, scheduling
from curriculum.library import Library
from curriculum.models import Memory, Review
from curriculum.spacing import Plan
from curriculum.stats import answers, log_sheet, memories, periods, retention
from curriculum.stats.answers import Kind, Sum
from tests.conftest import person
from tests.curriculum import reviewed_lives
from tests.curriculum.reviewed_lives import History
from tests.times import HOUR, MINUTE, MONDAY, on_the_wall

ON_A_DATABASE = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
AFTER_CLOCK_CHANGES = [on_the_wall("Europe/Berlin", wall) for wall in ("2026-04-20 15:00", "2026-11-02 05:00")]
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.fixture
def live(db: Session, library: Library) -> "Live":
    return Live(db, library)


class Live:
    """Histories of new people, kept in a database."""

    def __init__(self, db: Session, library: Library) -> None:
        self.db, self.library, self.card_ids = db, library, list(library.cards)[:9]

    def history(self, seed: int, now: datetime, days: int) -> History:
        self.db.rollback()  # what a failed example left
        user = person(self.db, f"p{uuid7().hex}")
        history = reviewed_lives.make(random.Random(seed), user.id, self.card_ids, now, days)
        self.db.add_all([*history.rows, *history.memories.values()])
        self.db.commit()
        return history


lives = given(
    seed=st.integers(0, 2**32), now=st.sampled_from([MONDAY, *AFTER_CLOCK_CHANGES]), days=st.sampled_from([3, 40, 400])
)


# -- against the log row by row ------------------------------------------------------------------------------


@ON_A_DATABASE
@lives
def test_days_buttons_and_seconds_are_those_of_the_log(live: Live, seed: int, now: datetime, days: int) -> None:
    history = live.history(seed, now, days)
    live.history(seed + 1, now, days)  # of somebody else

    found = answers.tallies(live.db, history.user_id)

    counted = reviewed_lives.counted(history)
    by_day = answers.by_day(found)
    assert {day: one.answers for day, one in by_day.items()} == Counter(row.day for row in counted)
    for day, one in by_day.items():
        assert one.seconds == pytest.approx(sum(min(row.seconds, 60) for row in counted if row.day == day))
    first = history.today - 29
    for group in answers.buttons(found, first):
        alike = [row for row in counted if reviewed_lives.sort_of(row, history.zone) == group.words.lower()]
        pressed = [row.rating for row in alike if row.day >= first]
        assert list(group.counts) == [pressed.count(rating) for rating in (1, 2, 3, 4)]
    begun = [row for row in counted if row.rating <= 4 and row.state_before == 0 and row.day == history.today]
    assert answers.begun_on(found, history.today) == len(begun)


@ON_A_DATABASE
@lives
def test_true_retention_is_that_of_the_log(live: Live, seed: int, now: datetime, days: int) -> None:
    history = live.history(seed, now, days)

    found = retention.windows(answers.tallies(live.db, history.user_id), history.today)

    sorts = {"All": ("young", "mature"), "Young": ("young",), "Mature": ("mature",)}
    assert len(found) == 9
    for one in found:
        assert (one.recalled, one.answers) == reviewed_lives.recalled_and_asked(history, one.days, sorts[one.words])


@ON_A_DATABASE
@lives
def test_stretches_add_up_to_the_log(live: Live, seed: int, now: datetime, days: int) -> None:
    history = live.history(seed, now, days)
    by_day, today = answers.by_day(answers.tallies(live.db, history.user_id)), history.today

    for period in periods.PERIODS:
        first = periods.first_day(period, by_day, today)
        spans = periods.spans(by_day, first, today)
        rows = [row for row in reviewed_lives.counted(history) if row.day >= first]
        assert sum(one.answers for one in spans) == len(rows) == periods.total(by_day, first, today).answers
        assert sum(one.minutes for one in spans) == pytest.approx(sum(min(row.seconds, 60) for row in rows) / 60)
        assert [one.first for one in spans] == [first, *(one.last + 1 for one in spans[:-1])]
        assert spans[-1].last == today
    weeks = periods.weeks(by_day, today)
    assert sum(week.total for week in weeks) == sum(
        row.day >= weeks[-1].first for row in reviewed_lives.counted(history)
    )


@ON_A_DATABASE
@lives
def test_what_is_known_is_the_mean_of_the_scheduler(live: Live, seed: int, now: datetime, days: int) -> None:
    history = live.history(seed, now, days)
    weights = tuple(value * 1.1 for value in scheduling.DEFAULT)

    held = memories.rows(live.db, live.library, history.user_id)
    known = memories.known_by_track(held, live.library, history.today, weights)

    left = [memory for memory in history.memories.values() if memory.aside != 3]
    assert {row.card_id for row in held} == {memory.card_id for memory in left}
    for track in live.library.tracks:
        mine = [one for one in left if live.library.lessons[live.library.cards[one.card_id].lesson].track == track.name]
        chances = [
            scheduling.retrievability(log.of_memory(one), day=history.today, parameters=weights)
            for one in mine
            if one.reviewed_day is not None
        ]
        found = known[track.name]
        assert (found.begun, found.cards) == (len(chances), len(mine))
        assert found.recall == (pytest.approx(sum(chances) / len(chances)) if chances else None)


@ON_A_DATABASE
@lives
def test_the_forecast_counts_each_card_once(live: Live, seed: int, now: datetime, days: int) -> None:
    history = live.history(seed, now, days)
    today, plan = history.today, Plan(pauses=((history.today + 2, history.today + 4),))

    held = memories.rows(live.db, live.library, history.user_id)
    ahead = memories.forecast(held, live.library, plan, history.zone, new_a_day=2, begun=1, at=now)

    queued = [memory for memory in history.memories.values() if memory.aside == 0]
    begun = [memory for memory in queued if memory.state != scheduling.State.NEW]
    due = Counter(max(today, clock.study_day(memory.due_at, history.zone)) for memory in begun)
    new = len(queued) - len(begun)
    pace = [1, 2, 0, 0, 0, *[2] * 25]
    assert [one.day for one in ahead] == list(range(today, today + 30))
    assert [one.reviews for one in ahead] == [due[day] for day in range(today, today + 30)]
    assert [one.new for one in ahead] == [min(step, max(0, new - sum(pace[:n]))) for n, step in enumerate(pace)]


@ON_A_DATABASE
@lives
def test_hardest_and_spread_are_those_of_the_memories(live: Live, seed: int, now: datetime, days: int) -> None:
    history = live.history(seed, now, days)

    held = memories.rows(live.db, live.library, history.user_id)

    left = [memory for memory in history.memories.values() if memory.aside != 3]
    begun = [memory for memory in left if memory.difficulty is not None]
    worst = sorted((m for m in begun if m.lapses), key=lambda m: (-m.lapses, -(m.difficulty or 0), m.card_id))
    assert [row.card_id for row in memories.hardest(held)] == [memory.card_id for memory in worst[:10]]
    assert sum(bar.count for bar in memories.by_stability(held)) == len(begun)
    assert sum(bar.count for bar in memories.by_difficulty(held)) == len(begun)
    firm = [memory for memory in begun if memory.stability is not None and memory.stability >= 30]
    assert sum(bar.count for bar in memories.by_stability(held)[memories.A_MONTH :]) == len(firm)


@ON_A_DATABASE
@lives
def test_the_sheet_is_the_whole_log_in_order(live: Live, seed: int, now: datetime, days: int) -> None:
    history = live.history(seed, now, days)

    text = "".join(sheets.pages([log_sheet.HEAD, *log_sheet.rows(live.db, history.user_id)]))

    head, *lines = csv.reader(io.StringIO(text))
    undone = {row.cancels for row in history.rows}
    in_order = sorted(history.rows, key=lambda row: (row.at, row.id))
    assert tuple(head) == log_sheet.HEAD
    assert [(datetime.fromisoformat(line[0]), date.fromisoformat(line[1]).toordinal(), line[2]) for line in lines] == [
        (row.at, row.day, row.card_id) for row in in_order
    ]
    assert [line[-1] == "yes" for line in lines] == [row.id in undone for row in in_order]


# -- what the figures mean -----------------------------------------------------------------------------------


def answered(user_id: UUID, at: datetime, **more: object) -> Review:
    """An answer to a card in review that was due today after ten study days."""
    day = clock.study_day(at, "Europe/Berlin")
    given = {
        "card_id": "k7m2qd",
        "rating": 3,
        "seconds": 5.0,
        "state_before": 2,
        "due_before": clock.day_start(day, "Europe/Berlin"),
        "reviewed_day_before": day - 10,
        **more,
    }
    offset = clock.utc_offset_minutes(at, "Europe/Berlin")
    return Review(user_id=user_id, id=uuid7(), at=at, day=day, utc_offset=offset, model=1, due_after=at, **given)


@pytest.mark.parametrize(("days", "kind"), [(1, Kind.YOUNG), (20, Kind.YOUNG), (21, Kind.MATURE), (300, Kind.MATURE)])
@pytest.mark.parametrize("wall", ["2026-03-29 03:30", "2026-03-29 23:00", "2026-10-25 04:30", "2026-10-26 03:59"])
def test_a_card_is_mature_from_an_interval_of_21_study_days(
    db: Session, ada: User, days: int, kind: Kind, wall: str
) -> None:
    at = on_the_wall(ada.zone, wall)
    day = clock.study_day(at, ada.zone)
    db.add(answered(ada.id, at, reviewed_day_before=day - days))
    db.commit()

    found = answers.tallies(db, ada.id)

    assert [(one.kind, one.day) for one in found] == [(kind, day)]


def test_an_overdue_card_keeps_the_interval_that_was_chosen(db: Session, ada: User) -> None:
    today = clock.study_day(MONDAY, ada.zone)
    db.add(answered(ada.id, MONDAY, reviewed_day_before=today - 40, due_before=clock.day_start(today - 30, ada.zone)))
    db.commit()

    assert [one.kind for one in answers.tallies(db, ada.id)] == [Kind.YOUNG]


def test_only_the_first_answer_of_a_day_counts_for_retention(db: Session, ada: User) -> None:
    today = clock.study_day(MONDAY, ada.zone)
    db.add(answered(ada.id, MONDAY, rating=1))
    db.add(answered(ada.id, MONDAY + 10 * MINUTE, rating=3, state_before=3, reviewed_day_before=today))
    db.add(answered(ada.id, MONDAY + HOUR, rating=4, reviewed_day_before=today))
    db.commit()

    month = retention.windows(answers.tallies(db, ada.id), today)[3]

    assert (month.days, month.words, month.recalled, month.answers) == (30, "All", 0, 1)


def test_practice_counts_for_the_day_and_not_for_retention(db: Session, ada: User) -> None:
    today = clock.study_day(MONDAY, ada.zone)
    db.add(answered(ada.id, MONDAY, rating=11, seconds=90))
    db.commit()

    found = answers.tallies(db, ada.id)

    assert answers.by_day(found) == {today: Sum(1, 60.0)}
    assert all(not one.answers for one in retention.windows(found, today))
    assert all(not one.total for one in answers.buttons(found, today))


def test_the_small_hours_belong_to_the_day_before(db: Session, ada: User) -> None:
    late = on_the_wall(ada.zone, "2026-11-24 03:59")
    db.add(answered(ada.id, late))
    db.commit()

    assert list(answers.by_day(answers.tallies(db, ada.id))) == [date(2026, 11, 23).toordinal()]


def test_eves_answers_are_not_adas(db: Session, ada: User, eve: User) -> None:
    db.add(answered(eve.id, MONDAY))
    db.commit()

    assert answers.tallies(db, ada.id) == []
    assert list(log_sheet.rows(db, ada.id)) == []


def test_a_card_whose_text_has_left_the_course_is_not_waited_for(db: Session, library: Library, ada: User) -> None:
    for card_id in ("zzzzzz", "own-k7m2qdx3vw"):
        db.add(Memory(user_id=ada.id, card_id=card_id, lesson="", added_at=MONDAY, state=0, due_at=MONDAY))
    db.commit()

    assert [row.card_id for row in memories.rows(db, library, ada.id)] == ["own-k7m2qdx3vw"]


def test_a_lesson_knows_its_own_cards_only(db: Session, library: Library, ada: User) -> None:
    for slug in ("daw-signal-path", "theory-pitch"):
        lessons.mark_done(db, ada.id, library.lessons[slug], at=MONDAY)
    db.commit()

    held = memories.rows(db, library, ada.id, lesson="theory-pitch")

    assert {row.card_id for row in held} == {card.id for card in library.lessons["theory-pitch"].cards}
    known = memories.known(held, clock.study_day(MONDAY, ada.zone), plans.of(plans.learner(db, ada.id)).parameters)
    assert (known.recall, known.begun, known.cards) == (None, 0, len(held))


# -- the range a share may be in -----------------------------------------------------------------------------


@pytest.mark.parametrize(  # statsmodels.stats.proportion.proportion_confint(..., method="wilson")
    ("hits", "of", "low", "high"),
    [(10, 20, 0.299298, 0.700702), (18, 20, 0.698966, 0.972133), (90, 100, 0.825634, 0.944774), (0, 10, 0.0, 0.277533)],
)
def test_wilsons_interval_is_that_of_others(hits: int, of: int, low: float, high: float) -> None:
    assert retention.wilson(hits, of) == (pytest.approx(low, abs=1e-5), pytest.approx(high, abs=1e-5))


@given(of=st.integers(1, 5000), share=st.floats(0, 1))
def test_the_share_seen_is_within_its_interval(of: int, share: float) -> None:
    hits = round(of * share)

    low, high = retention.wilson(hits, of)

    assert 0 <= low <= hits / of + 1e-12 and hits / of <= high + 1e-12 and high <= 1


@pytest.mark.parametrize(
    ("recalled", "of", "said"),
    [(19, 19, ""), (20, 20, "about as much"), (300, 300, "more"), (60, 100, "less"), (90, 100, "about as much")],
)
def test_retention_is_judged_as_far_as_answers_can_tell(recalled: int, of: int, said: str) -> None:
    assert retention.Retention(30, "All", recalled, of).against(0.90) == said


# -- sheets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_would_be_formula_gets_an_apostrophe(text: str) -> None:
    assert next(csv.reader(io.StringIO("".join(sheets.pages([[text]])), newline="")))[0] == f"'{text}"


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), max_size=4))
def test_a_sheet_reads_back_as_it_was(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO("".join(sheets.pages(rows)), newline="")))

    assert read == [[str(sheets.harmless(cell)) for cell in row] for row in rows]


def test_numbers_stay_numbers() -> None:
    assert "".join(sheets.pages([[-5, 2.5, "-5"]])) == "-5,2.5,'-5\r\n"
