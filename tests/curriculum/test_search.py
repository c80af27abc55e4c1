"""Finding cards: what a query means, and that the database and Python agree on it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from core.accounts import User
from core.errors import Refused
from curriculum import browser, cards, lessons, search, texts
from curriculum.library import Library
from curriculum.models import Memory, OwnCard
from curriculum.search import Either, Every, Figure, Named, Without, Words
from tests.times import BERLIN, DAY, MONDAY, ZONES

LESSON = "daw-signal-path"


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("low cut", Every((Words("low"), Words("cut")))),
        ('"Low  Cut"', Every((Words("low cut"),))),
        ("Café c♯ B♭", Every((Words("cafe"), Words("c#"), Words("bb")))),
        ("4:1 -is:due", Every((Words("4:1"), Without(Named("is", "due"))))),
        ("track:mixing or tag:EQ", Every((Either((Named("track", "mixing"), Named("tag", "eq"))),))),
        ("a (b or c)", Every((Words("a"), Either((Words("b"), Words("c")))))),
        ("-(a b)", Every((Without(Every((Words("a"), Words("b")))),))),
        ('tag:"two words"', Every((Named("tag", "two words"),))),
        ("prop:stability>=10.5", Every((Figure("stability", ">=", 10.5),))),
        ("prop:due<=-3 and a", Every((Figure("due", "<=", -3.0), Words("a")))),
        ("", Every(())),
    ],
)
def test_a_query_is_read(query, term):
    assert search.parse(query) == term


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour:red", 'no search word "colour:"'),
        ("is:purple", "comes one of new, learning"),
        ("type:poem", "basic, reverse, cloze"),
        ("prop:stability", "prop:stability>10"),
        ("prop:weight>1", "prop:stability>10"),
        ("tag:", 'right after "tag:"'),
        ('"open', 'needs a " at both ends'),
        ("(a", "a ( without"),
        ("a)", "a ) without"),
        ("a or", "between two things"),
        ("x" * 501, "longer than 500"),
        ("a " * 41, "more than 40 words"),
        ("(" * 11 + "a" + ")" * 11, "brackets in each other"),
        ("-" * 30 + "a", "brackets in each other"),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_with_its_mend(query, said):
    with pytest.raises(Refused, match=r".") as refused:
        search.parse(query)

    assert said in refused.value.text and refused.value.field == "q"


@given(st.text(alphabet='ab ()-":<>=1orisdue', max_size=60))
def test_nothing_typed_breaks_the_reader(query):
    try:
        search.parse(query)
    except Refused as refused:
        assert refused.text.endswith((".", "…", '"', "without a space.")) or refused.text


# Among a learner's cards


@pytest.fixture
def collection(db: Session, library: Library, ada: User) -> None:
    """A lesson's cards, new; and own ones in every state."""
    lessons.mark_done(db, ada.id, library.lessons[LESSON], at=MONDAY)
    for number in range(12):
        card_id = f"own-{number:010d}"
        db.add(
            OwnCard(
                user_id=ada.id,
                id=card_id,
                origin=("own", "anki", "csv")[number % 3],
                lesson=("", "mix-decibels")[number % 2],
                deck=("", "Theory::Intervals")[number % 2],
                question=f"Was macht der Hochpass Nr {number}?",
                answer=("*low* cut", "Größe c♯")[number % 2],
                tags=("eq", "eq::low mix", "")[number % 3],
                created_at=MONDAY,
                edited_at=MONDAY,
            )
        )
        db.add(
            Memory(
                user_id=ada.id,
                card_id=card_id,
                lesson=("", "mix-decibels")[number % 2],
                added_at=MONDAY - number * DAY,
                state=number % 4,
                days=number,
                stability=None if number % 4 == 0 else number * 2.5,
                difficulty=None if number % 4 == 0 else 5.0,
                due_at=MONDAY + (number - 6) * DAY,
                reps=number,
                lapses=number % 7,
                aside=(0, 0, 1, 0, 2)[number % 5],
                buried_day=MONDAY.toordinal() if number == 9 else None,
            )
        )
    db.commit()


def found(db: Session, library: Library, ada: User, query: str, sort: str = "due", **more: Any) -> list[str]:
    look = browser.look(library, ada.id, BERLIN, at=MONDAY)
    return [row.card_id for row in browser.find(db, look, query, sort, **more)]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("is:own", 4),
        ("is:imported", 8),
        ("low cut", 6),
        ('"low cut"', 6),
        ("grosse c#", 6),
        ("tag:eq", 8),
        ("tag:eq*", 8),
        ("tag:none is:imported", 4),
        ("deck:intervals", 6),
        ("is:suspended", 2),
        ("is:leech", 2),
        ("is:buried", 1),
        ("hochpass is:new", 3),
        ("hochpass is:learning", 6),
        ("track:mixing", 6),
        ("lesson:mix-*", 6),
        ("prop:lapses>=6", 1),
        ("prop:stability>=25 or prop:lapses=0 -is:new", 3),
        ("hochpass -is:due", 8),
        ("prop:due=0", 1),
        ("prop:added<=2 hochpass", 3),
        ("type:cloze is:own", 0),
    ],
)
def test_what_a_search_finds(db, library, ada, collection, query, count):
    assert len(found(db, library, ada, query)) == count


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("figure", ["due", "added", "stability", "reps"])
def test_figures_beyond_all_days_are_no_error(db, library, ada, collection, zone, figure):
    look = browser.look(library, ada.id, zone, at=MONDAY)

    found = [browser.find(db, look, f"prop:{figure}{sign}999999 hochpass") for sign in ("<", ">", "<-", ">-")]

    assert [len(some) for some in found] in ([12, 0, 0, 12], [9, 0, 0, 9])


def test_everything_is_there_and_nothing_of_others(db, library, ada, eve, collection):
    assert len(found(db, library, ada, "")) == 12 + len(library.lessons[LESSON].cards)
    assert found(db, library, eve, "") == []


def test_an_edited_text_is_found_by_its_new_words(db, library, ada, collection):
    before = found(db, library, ada, "sidechain")
    row = db.get_one(OwnCard, (ada.id, "own-0000000001"))
    row.question, row.edited_at = "What is sidechain?", MONDAY + timedelta(seconds=1)
    db.commit()

    assert before == [] and found(db, library, ada, "sidechain") == ["own-0000000001"]


@pytest.mark.parametrize("sort", browser.SORTS)
def test_each_order_can_be_turned(db, library, ada, collection, sort):
    up, down = (found(db, library, ada, "", sort, is_down=is_down) for is_down in (False, True))

    assert up == down[::-1] and len(set(up)) == len(up)


def test_an_order_that_we_do_not_know_is_refused(db, library, ada):
    with pytest.raises(Refused, match="put in order"):
        found(db, library, ada, "", "id; drop table memory")


LEAVES = st.sampled_from(
    ["is:new", "is:due", "is:review", "is:learning", "is:suspended", "is:leech", "is:buried", "track:mixing",
     "lesson:mix-*", "prop:stability>10", "prop:interval<5", "prop:lapses>=3", "prop:due<=2", "prop:due!=1",
     "prop:added>4", "prop:difficulty=5", "prop:reps<7"]
)  # fmt: skip
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda one: f"-({one})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} or {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} {two[1]})"),
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES)
def test_the_database_and_python_agree(db, library, ada, collection, query):
    look = browser.look(library, ada.id, BERLIN, at=MONDAY)
    in_sql = found(db, library, ada, query)

    every = browser.find(db, look, "")
    by_row = browser._condition(search.parse(query), look)

    assert in_sql == [row.card_id for row in every if by_row.holds(row, texts.NONE)]


def test_the_table_shows_what_is_remembered(db, library, ada, collection):
    look = browser.look(library, ada.id, BERLIN, at=MONDAY)

    shown = {one.id: one for one in browser.page(db, look, browser.find(db, look, ""))}

    assert shown["own-0000000004"].word == "leech" and shown["own-0000000004"].due_at is None
    assert shown["own-0000000001"].track == "Mixing and EQ" and shown["own-0000000001"].stability == 2.5
    card = shown["own-0000000001"].card
    assert card and replace(card, id="").block == cards.block_of("own-0000000001.2")
