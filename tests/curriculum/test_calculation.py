"""Sums with drawn values: reading what an author writes, drawing, judging."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from curriculum import calculation_text
from curriculum.calculation import Calculation, Drawn, draws
from curriculum.calculation_text import Fault

BEAT = "bpm: 60..180\nanswer: 60000 / bpm\nunit: ms\nround: 1"


def read(
    answer: str = BEAT, question: str = "A beat at {bpm} BPM?", note: str = ""
) -> tuple[Calculation | None, list[Fault]]:
    return calculation_text.read(question, answer, note, lambda text: Markup("<p>{}</p>").format(text))


def good(answer: str = BEAT, question: str = "A beat at {bpm} BPM?", note: str = "") -> Calculation:
    made, faults = read(answer, question, note)
    assert made and faults == []
    return made


def test_a_calculation_is_read_whole() -> None:
    made = good(
        """
        bpm: 60..180 step 5
        bars: 1, 2, 4
        beats: bars * 4
        answer: beats * 60 / bpm
        unit: second | seconds
        tolerance: 1%
        round: 2
        """,
        "{bars} bars at {bpm} BPM?",
    )

    assert made.drawn[0] == Drawn("bpm", tuple(float(bpm) for bpm in range(60, 181, 5)))
    assert made.drawn[1].numbers == (1.0, 2.0, 4.0)
    assert made.worked_out({"bpm": 120, "bars": 4}) == {"bpm": 120, "bars": 4, "beats": 16, "answer": 8}
    assert (made.units, made.tolerance, made.is_share, made.decimals) == (("second", "seconds"), 1.0, True, 2)


def test_values_stand_where_their_names_and_formulas_stood() -> None:
    made = good(note="60,000 ÷ {bpm} = {answer}; half of it {answer / 2:2}, exactly {30000 / bpm}.")
    values = made.worked_out({"bpm": 90})

    assert made.question.filled(values) == "<p>A beat at 90 BPM?</p>"
    assert made.note.filled(values) == "<p>60,000 ÷ 90 = 666.7; half of it 333.35, exactly 333.333.</p>"
    assert made.question.open() == "<p>A beat at … BPM?</p>"


def test_steps_of_a_range_are_exact() -> None:
    made = good("x: 0.1..0.7 step 0.1\nanswer: x * 10\ntolerance: 0.01", "{x}?")

    assert made.drawn[0].numbers == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


@pytest.mark.parametrize(
    ("number", "shown"), [(1, "1\u00a0hour"), (2, "2\u00a0hours"), (0.5, "0.5\u00a0hours"), (-1, "−1\u00a0hour")]
)
def test_one_has_its_own_unit(number: float, shown: str) -> None:
    made = good("x: 1..4\nanswer: x / 2\nunit: hour | hours", "{x}?")

    assert made.shown(number) == shown


@pytest.mark.parametrize(
    ("lines", "line", "text", "mend"),
    [
        ("bpm: 0..9\nanswer: 60 / bpm", 1, 'with bpm = 0, "60 / bpm" divides by zero', "Mend the formula"),
        ("bpm: -5..5\nanswer: log10(bpm)", 1, 'with bpm = −5, "log10(bpm)" asks for', "Mend the formula"),
        ("bpm: 1..400\nanswer: 10**bpm", 1, "too many digits", "Mend the formula"),
        ("bpm: 1..4\nanswer: 60 / bmp", 1, 'needs "bmp"', "Use bpm"),
        ("bpm: 1..4\nanswer: 10 / bpm", 1, "with bpm = 3, the answer is shown as 3.33333", "round:"),
        ("bpm: 1..4\nanswer: 10 / bpm\nround: 1\ntolerance: 0.01", 1, "its own tolerance calls wrong", "round:"),
        ("bpm: 1..4\nanswer: 0 * bpm", 1, "the same for all values", "typed"),
        ("bpm: 4..1\nanswer: bpm", 0, "from low to high", "smaller number first"),
        ("bpm: 1..4 step 9\nanswer: bpm", 0, "a step of 9 does not fit", "smaller step"),
        ("bpm: 1..4 step 0\nanswer: bpm", 0, "a step of 0 does not fit", "above 0"),
        ("bpm: 0..10001\nanswer: bpm", 0, "has 10002 values", "larger step"),
        ("bpm: 1, 1\nanswer: bpm", 0, "stands twice in this list", "Keep one"),
        ("bpm: 44,100\nanswer: bpm", 0, "a list or one number", "without a comma"),
        ("bpm: 1, 2, x\nanswer: bpm", 0, "cannot be read as values", "bars: 1, 2, 4"),
        ("bpm: 1..4\nrest: 5\nanswer: bpm", 1, '"rest" is used nowhere', "Take the line out"),
        ("bpm: 1..4\nbpm: 2..3\nanswer: bpm", 1, '"bpm" stands twice', "Keep one"),
        ("bpm: 1..4\nsqrt: 2\nanswer: bpm", 1, '"sqrt" means something else', "another name"),
        ("bpm: 1..4\nhm\nanswer: bpm", 1, 'the line "hm" cannot be read', "a colon and a value"),
        ("bpm: 1..4\nunit:\nanswer: bpm", 1, '"unit" has no value', "behind the colon"),
        ("bpm: 1..4\nround: few\nanswer: bpm", 1, '"few" is no number of decimals', "0 to 6"),
        ("bpm: 1..4\ntolerance: some\nanswer: bpm", 1, '"some" is no tolerance', "1%"),
        ("bpm: 1..4\ntolerance: 60%\nanswer: bpm", 1, '"60%" is no tolerance', "1%"),
        ("bpm: 1..4\nwhole: bpm2\nanswer: whole", 1, 'needs "bpm2"', "lines above"),
        ("bpm: 1..4\nd: 1..2\nanswer: bpm * d", 1, 'the question does not show "d"', "Write {d} into it"),
        ("bpm: 1..4", None, "no line with its answer", "answer: 60000 / bpm"),
    ],
)
def test_a_calculation_that_cannot_be_asked_is_named_with_its_line_and_mend(
    lines: str, line: int | None, text: str, mend: str
) -> None:
    made, faults = read(lines)

    assert made is None
    assert [(fault.part, fault.line) for fault in faults] == [("answer", line)]
    assert text in faults[0].text and mend in faults[0].mend


@pytest.mark.parametrize(
    ("question", "note", "part", "line", "text"),
    [
        ("A beat\nat {bmp}, {bpm}?", "", "question", 1, 'needs "bmp"'),
        ("{bpm} and {answer}?", "", "question", 0, 'needs "answer"'),
        ("{bpm} and {?", "", "question", 0, "a brace of this calculation"),
        ("{{bpm}} is {bpm}?", "", "question", 0, "a brace of this calculation"),
        ("{bpm}?", "So\n{1 / (bpm - 61)}.", "answer", 1, "with bpm = 61"),
        ("{bpm}?", "{open('x')}", "note", 0, "has no place"),
    ],
)
def test_braces_that_say_nothing_are_named(question: str, note: str, part: str, line: int, text: str) -> None:
    made, faults = read(BEAT, question, note)

    assert made is None
    assert any((fault.part, fault.line) == (part, line) and text in fault.text for fault in faults), faults


def test_a_single_bad_value_among_many_is_found_by_the_long_look() -> None:
    made = good("a: 1..40\nb: 1..40\nanswer: 1 / (a * 100 + b - 3107)\ntolerance: 1", "{a} {b}?")

    fault = calculation_text.first_fault(made, calculation_text.MANY_DRAWS)

    assert fault and "with a = 31, b = 7" in fault[0]


def test_corners_and_every_single_value_are_drawn_when_there_are_too_many_to_try() -> None:
    drawn = [Drawn("a", tuple(range(-50, 50))), Drawn("b", tuple(range(100))), Drawn("c", tuple(range(100)))]
    tried = list(draws(drawn, 200))

    assert {(one["a"], one["b"], one["c"]) for one in tried} >= {
        (a, b, c) for a in (-50, 0, 49) for b in (0, 99) for c in (0, 99)
    }
    assert {one["b"] for one in tried} == set(range(100))
    assert len(tried) < 1000


@settings(deadline=None)
@given(st.integers(0, 2**63 - 1))
def test_the_same_seed_draws_the_same_values(seed: int) -> None:
    made = good()

    assert made.draw(seed, "k7m2qd") == made.draw(seed, "k7m2qd")
    assert 60 <= made.draw(seed, "k7m2qd")["bpm"] <= 180


def test_other_seeds_and_other_cards_draw_other_values() -> None:
    made = good()

    drawn = {made.draw(seed, card_id)["bpm"] for seed in range(300) for card_id in ("k7m2qd", "aaaaaa")}

    assert len(drawn) == 121
    assert made.draw(1, "k7m2qd") != made.draw(1, "aaaaaa") or made.draw(2, "k7m2qd") != made.draw(2, "aaaaaa")


def test_a_draw_stays_what_it_was_when_it_was_written_down() -> None:
    """Learners' cards must not change under them with a new version of Python or of this file."""
    assert [good().draw(seed, "k7m2qd")["bpm"] for seed in (0, 1, 2**62)] == [159, 85, 112]


@pytest.mark.parametrize(
    ("given_", "kind", "words"),
    [
        ("500", "right", "Right."),
        ("500 ms", "right", "Right."),
        ("500ms", "right", "Right."),
        ("0.5 s", "right", "Right."),
        ("0,5 seconds", "right", "Right."),
        ("500,0", "right", "Right."),
        ("499.8", "right", "Right, within the tolerance."),
        ("510", "wrong", "Too high by 10\u00a0ms."),
        ("0.4 s", "wrong", "Too low by 100\u00a0ms."),
        ("500.6", "wrong", "Too high by 0.6\u00a0ms."),
        ("-500", "wrong", "Too low by 1000\u00a0ms."),
        ("500 Hz", "wrong", "The answer is in ms; “Hz” does not fit."),
        ("fast", "wrong", "That cannot be read as a number."),
        ("", "empty", "You wrote nothing."),
    ],
)
def test_a_number_is_judged(given_: str, kind: str, words: str) -> None:
    made = good("bpm: 60..180\nanswer: 60000 / bpm\nunit: ms\nround: 1\ntolerance: 0.5")

    verdict = made.judge(given_, made.worked_out({"bpm": 120}))

    assert (verdict.kind, verdict.words) == (kind, words)


def test_a_thousand_is_right_however_it_is_written() -> None:
    made = good("bpm: 60, 120\nanswer: 60000 / bpm\nunit: ms")
    values = made.worked_out({"bpm": 60})

    assert {made.judge(one, values).kind for one in ("1000", "1,000", "1.000", "1 000", "1'000", "1e3", "1 s")} == {
        "right"
    }


def test_a_tolerance_in_percent_grows_with_the_answer_and_says_how_far_off() -> None:
    made = good("bpm: 60, 120\nanswer: 60000 / bpm\ntolerance: 1%")
    values = made.worked_out({"bpm": 60})

    assert made.judge("1009", values).kind == "right"
    assert made.judge("1020", values).words == "Too high by 20, which is 2%."


def test_a_bare_number_takes_no_unit() -> None:
    made = good("bpm: 60, 120\nanswer: bpm / 60")

    assert (
        made.judge("2 Hz", made.worked_out({"bpm": 120})).words
        == "The answer is a number without a unit; “Hz” does not fit."
    )


def test_whether_an_answer_may_lie_below_zero_is_known() -> None:
    assert not good().is_signed
    assert good("bpm: 1..9\nanswer: bpm - 5").is_signed


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abx12.,:+-*/()% \nanswerunitroundtolerancestep..", max_size=120))
def test_nothing_that_an_author_writes_stops_the_reading(lines: str) -> None:
    made, faults = read(lines, "{a}?", "{answer}")

    assert (made is None) == bool(faults)
