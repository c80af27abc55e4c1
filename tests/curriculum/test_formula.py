"""Sums that authors write, and what somebody hostile might write instead."""

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum import formula
from curriculum.formula import FormulaError

NUMBERS = st.one_of(st.integers(0, 1000), st.floats(0.001, 1000).map(lambda number: round(number, 3)))
SUMS = st.recursive(
    st.one_of(NUMBERS.map(str), st.sampled_from(["a", "b"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner).map(lambda it: f"({' '.join(it)})"),
        inner.map(lambda one: f"-{one}"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda it: f"{it[0]}({it[1]}, {it[2]})"),
        inner.map(lambda one: f"abs({one})"),
        inner.map(lambda one: f"({one})**2"),
    ),
    max_leaves=8,
)
WORDS = (
    "( ) [ ] { } . , : ; ' \" ** // % ^ ~ @ = := == < -> lambda x: __import__ ('os') .system eval exec open \\ # \x00 "
    "9**9**9**9 1e308 10**308 0/0 True None ... \ue000 a b sqrt log10 min pi for in if else"
)
PIECES = st.one_of(st.text(max_size=12), st.sampled_from([*WORDS.split(" "), " ", "\n", "\t"]))


def value(text: str, **values: float) -> float:
    return formula.read(text, values.keys()).value(values)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("60000 / bpm", 500.0),
        ("60000 ÷ bpm × 3/4", 375.0),
        ("2^(n/12)", 2 ** (7 / 12)),
        ("-2**2", -4.0),
        ("2**3**2", 512.0),
        ("20 * log10(10)", 20.0),
        ("ln(1) + log2(8) + sqrt(9)", 6.0),
        ("floor(-1.5) + ceil(1.2) + abs(−3)", 3.0),
        ("round(2.5) + round(-2.5) + round(0.125, 2)", 0.13),
        ("round(1.005, 2)", 1.01),
        ("min(3, n, 5) + max(1, 2)", 5.0),
        ("7 // 2 + 7 % 2", 4.0),
        ("sin(pi / 2) + cos(0) + tan(0)", 2.0),
        ("  1e3 + .5 ", 1000.5),
    ],
)
def test_a_sum_is_worked_out(text: str, wanted: float) -> None:
    assert value(text, bpm=120, n=7) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no formula"),
        ("60000 / bmp", 'needs "bmp"'),
        ("60,000 / bpm", "60000, not 60,000"),
        ("bpm(2)", 'no function "bpm"'),
        ("log10", "write log10(…)"),
        ("log10(1, 2)", "log10() takes one value, not 2"),
        ("min(1)", "min() takes 2 to 10 values, not 1"),
        ("1 +", "cannot be read"),
        ("bpm.real", '"." has no place'),
        ("bpm[0]", '"[" has no place'),
        ("'a'", '"\'" has no place'),
        ("1 if bpm else 2", "is no sum"),
        ("not bpm", "is no sum"),
        ("min(*bpm)", "is no sum"),
        ("1e999", "too large"),
        ("(" * 40 + "1" + ")" * 40, "too many brackets"),
        ("-" * 150 + "1", "too many steps"),
        ("1+" * 150 + "1", "at most 200 characters"),
        ("_x", "is no name"),
    ],
)
def test_what_is_no_sum_is_told_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(FormulaError) as refused:
        formula.read(text, ["bpm"])

    assert said in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / x", "divides by zero"),
        ("1 % x", "divides by zero"),
        ("x**-1", "divides by zero"),
        ("10**10**10", "becomes too large"),
        ("1e308 * 10 * x", "becomes too large"),
        ("log10(x)", "does not exist"),
        ("sqrt(x - 1)", "does not exist"),
        ("(x - 8)**(1/3)", "does not exist"),
        ("round(1, 0.5)", "keeps 0 to 12"),
    ],
)
def test_what_cannot_be_worked_out_is_told_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(FormulaError, match=said):
        value(text, x=0)


def test_two_formulas_are_equal_when_their_texts_are() -> None:
    assert formula.read("60000  / bpm") == formula.read("60000 / bpm") != formula.read("6000 / bpm")
    assert formula.read("a + b + a").names == {"a", "b"}


@settings(max_examples=300, deadline=None)
@given(SUMS, st.floats(-100, 100), st.floats(-100, 100))
def test_sums_come_out_as_python_has_them(text: str, a: float, b: float) -> None:
    """The oracle is Python itself, trusted with texts that only this test makes."""
    try:
        wanted = float(eval(text, {"min": min, "max": max, "abs": abs}, {"a": a, "b": b}))
    except (ZeroDivisionError, OverflowError):
        wanted = math.nan

    try:
        given_ = value(text, a=a, b=b)
    except FormulaError as error:
        assert math.isnan(wanted) or "too" in str(error)
    else:
        assert math.isclose(given_, wanted, rel_tol=1e-9, abs_tol=1e-9)


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_hostile_text_ends_at_once_in_a_number_or_a_sentence(text: str) -> None:
    start = time.process_time()
    try:
        result = formula.read(text).value({"a": 2.0, "b": -3.0})
    except FormulaError as error:
        assert str(error)
    except KeyError as unknown:
        assert formula.NAME.fullmatch(unknown.args[0])  # a name that nobody gave a value: read() was not told which
    else:
        assert math.isfinite(result)
    assert time.process_time() - start < 1.0
