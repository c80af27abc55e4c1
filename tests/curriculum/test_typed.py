"""What a typed answer is worth, and the difference that is shown."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.typed import Part, compare_typed, difference, judge


@pytest.mark.parametrize(
    ("given_", "accepted", "kind"),
    [
        ("The Converter.", ["the converter"], "right"),
        ("mix engineer", ["mixer", "mix engineer"], "right"),
        ("440hz", ["440 Hz"], "right"),
        ("440 hertz", ["440 Hz"], "right"),
        ("0.44 kHz", ["440 Hz"], "right"),
        ("1,000", ["1000"], "right"),
        ("0,5", ["0.5"], "right"),
        ("−6 dB", ["-6 decibels"], "right"),
        ("F#", ["F sharp"], "right"),
        ("C major 7", ["Cmaj7"], "right"),
        ("G♭", ["F♯"], "spelling"),
        ("E♯4", ["F4"], "spelling"),
        ("D flat minor", ["C♯m"], "spelling"),
        ("enginer", ["engineer"], "close"),
        ("enigneer", ["engineer"], "close"),
        ("engineers", ["engineer"], "close"),
        ("voidible", ["voidable"], "close"),
        ("CM7", ["Cm7"], "wrong"),
        ("G", ["F♯"], "wrong"),
        ("48", ["48 V"], "wrong"),
        ("48 Hz", ["48 V"], "wrong"),
        ("6 dB", ["-6 dB"], "wrong"),
        ("sink", ["sync"], "wrong"),
        ("", ["sync"], "empty"),
        ("  ", ["sync"], "empty"),
    ],
)
def test_an_answer_is_judged(given_: str, accepted: list[str], kind: str) -> None:
    assert judge(given_, accepted).kind == kind


def test_another_spelling_is_told_in_words_and_counts_as_recalled() -> None:
    verdict = judge("c sharp", ["D♭", "note D♭"])

    assert verdict.words == "Right pitch, other spelling: here it is called D♭."
    assert verdict.grade == 3


@pytest.mark.parametrize(("given_", "grade"), [("engineer", 3), ("enginer", 2), ("producer", 1), ("", 1)])
def test_the_verdict_proposes_a_button(given_: str, grade: int) -> None:
    assert judge(given_, ["engineer"]).grade == grade


def test_the_difference_names_what_is_missing_and_what_is_too_much() -> None:
    assert difference("mixing enginer", "Mixing engineer") == (
        Part("same", "mixing engine"),
        Part("missing", "e"),
        Part("same", "r"),
    )
    assert difference("crescendó", "créscendi") == (Part("same", "crescend"), Part("extra", "ó"), Part("missing", "i"))


def test_the_difference_is_against_the_nearest_accepted_answer() -> None:
    parts = judge("mixing enginer", ["mixer", "mixing engineer"]).parts

    assert Part("missing", "e") in parts


def test_what_has_nothing_in_common_is_marked_whole() -> None:
    assert difference("xylophone", "arranger") == (Part("extra", "xylophone"),)
    assert difference("CM7", "Cm7") == (Part("extra", "CM7"),)


@given(st.text(max_size=40), st.text(min_size=1, max_size=40))
def test_the_difference_holds_all_that_was_written_and_all_that_was_wanted(one: str, other: str) -> None:
    parts = difference(one, other)

    assert "".join(part.text for part in parts if part.kind != "missing") == one
    if any(part.kind != "extra" for part in parts):
        wanted = "".join(part.text for part in parts if part.kind != "extra")
        assert len(wanted) == len(other)


@settings(deadline=None)
@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5))
def test_judging_ends_soon_and_is_right_exactly_when_the_comparison_says_so(given_: str, accepted: list[str]) -> None:
    start = time.process_time()

    verdict = judge(given_, accepted)

    if any(compare_typed(given_, one) for one in accepted) and len(given_) <= 200:
        assert verdict.kind == "right"
    assert verdict.words
    assert time.process_time() - start < 2.0
