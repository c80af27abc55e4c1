"""Two people write in the same notes: no word of either is lost, whatever they wrote."""

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorship import merging
from mentorship.merging import Merged

LINES = st.lists(st.sampled_from(["", "kick", "snare", "hat", "bass", "lead", "pad"]), max_size=7)


def text(lines: list[str]) -> str:
    return "\n".join(lines)


@st.composite
def edited(draw: st.DrawFn, base: list[str], name: str) -> list[str]:
    """The base after some lines were taken out, changed or added; what is new carries the writer's name."""
    lines, number = [], 0
    for line in [*base, None]:
        for _ in range(draw(st.integers(0, 1))):
            number += 1
            lines.append(f"{name} {number}")
        if line is not None:
            did = draw(st.sampled_from(["keep", "keep", "keep", "change", "drop"]))
            if did == "keep":
                lines.append(line)
            elif did == "change":
                lines.append(f"{line} {name}")
    return lines


@st.composite
def three_texts(draw: st.DrawFn) -> tuple[str, str, str]:
    base = draw(LINES)
    return text(base), text(draw(edited(base, "Ada"))), text(draw(edited(base, "Ben")))


def added(base: str, after: str) -> Counter[str]:
    return Counter(after.split("\n")) - Counter(base.split("\n"))


@given(three_texts())
def test_each_line_that_either_added_is_in_the_text_that_comes_of_both(texts):
    base, mine, theirs = texts

    merged = merging.merge(base, mine, theirs)

    there = Counter(merged.text.split("\n"))
    assert not [line for line in added(base, mine) | added(base, theirs) if line and line not in there]


@given(three_texts())
def test_who_merges_makes_no_difference_to_whether_it_is_clear(texts):
    base, mine, theirs = texts

    assert merging.merge(base, mine, theirs).is_clear == merging.merge(base, theirs, mine).is_clear


@given(three_texts())
def test_when_only_one_wrote_theirs_is_the_text(texts):
    base, mine, _ = texts

    assert merging.merge(base, mine, base) == Merged(mine, True)
    assert merging.merge(base, base, mine) == Merged(mine, True)
    assert merging.merge(base, mine, mine) == Merged(mine, True)


@given(three_texts())
def test_a_line_that_nobody_touched_stays(texts):
    base, mine, theirs = texts
    once = {line for line, count in Counter(base.split("\n")).items() if line and count == 1}
    kept = once & set(mine.split("\n")) & set(theirs.split("\n"))

    there = Counter(merging.merge(base, mine, theirs).text.split("\n"))

    assert not [line for line in kept if line not in there]


@given(LINES, LINES)
def test_both_texts_side_by_side_and_together_hold_every_line(first, second):
    rows = merging.side_by_side(text(first), text(second))

    assert [row.left for row in rows if row.left is not None] == (first if text(first) else [])
    assert [row.right for row in rows if row.right is not None] == (second if text(second) else [])
    whole = Counter(merging.together(text(first), text(second)).split("\n"))
    assert set(filter(None, first + second)) <= set(whole)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("intro\nhat\nend", "intro, 8 bars\nhat\nend", "intro\nhat\nend: late", "intro, 8 bars\nhat\nend: late"),
        ("", "from Ada", "from Ben", "from Ben\nfrom Ada"),
        ("intro", "intro\nfrom Ada", "intro\nfrom Ben", "intro\nfrom Ben\nfrom Ada"),
        ("intro\nend", "intro\nfrom Ada\nend", "intro\nEND", "intro\nfrom Ada\nEND"),
        ("intro\nend", "end", "intro\nend\nfrom Ben", "end\nfrom Ben"),
    ],
)  # fmt: skip
def test_changes_in_different_places_are_brought_together(base, mine, theirs, both):
    assert merging.merge(base, mine, theirs) == Merged(both, True)


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [("end", "end at 2:10", "end at 2:30"), ("intro\nend", "intro", "intro\nend later"), ("a\nb\nc", "x", "a\nB\nc")],
)
def test_a_line_that_both_changed_is_left_to_a_person_with_both_wordings(base, mine, theirs):
    merged = merging.merge(base, mine, theirs)

    assert not merged.is_clear
    assert set(mine.split("\n") + theirs.split("\n")) - set(base.split("\n")) <= set(merged.text.split("\n"))


def test_thousands_of_equal_lines_are_brought_together_at_once_and_none_is_lost() -> None:
    base = "a\n" * 9_000
    began = time.process_time()

    found = merging.merge(base, "mine\n" + base, base + "theirs")

    assert time.process_time() - began < 2
    assert found.text.count("a\n") >= 9_000 and "mine" in found.text and "theirs" in found.text
