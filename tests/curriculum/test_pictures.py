"""Where bars, squares and whiskers stand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.stats import pictures
from curriculum.stats.pictures import PLOT, TOP, Column

TODAY = date(2026, 11, 23).toordinal()  # a Monday


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 300)), min_size=1, max_size=120))
def test_bars_stand_on_the_ground_side_by_side_inside_the_picture(values: list[tuple[int, int]]) -> None:
    chart = pictures.bar_chart([Column(pair, str(pair), str(pair)) for pair in values])

    assert len(chart.bars) == len(values)
    for bar, pair in zip(chart.bars, values, strict=True):
        assert len(bar.parts) == sum(value > 0 for value in pair)
        assert bar.x >= 0 and bar.x + bar.width <= 100.01
        ground = chart.ground
        for part in bar.parts:
            assert part.y + part.height == pytest.approx(ground, abs=0.02)
            ground = part.y
        assert ground >= TOP - 2
    for left, right in zip(chart.bars, chart.bars[1:], strict=False):
        assert left.x + left.width <= right.x + 0.01


@given(st.floats(0, 10**7))
def test_the_scale_holds_the_highest_bar_and_is_not_much_higher(highest: float) -> None:
    top = pictures.round_top(highest)

    assert highest <= top <= max(2, 2.5 * highest) and top % 2 == 0


def test_twice_as_much_is_twice_as_high() -> None:
    one, two = pictures.bar_chart([Column((50,), "", ""), Column((100,), "", "")]).bars

    assert one.parts[0].height * 2 == two.parts[0].height == PLOT


@given(st.dictionaries(st.integers(TODAY - 500, TODAY), st.integers(1, 400)), st.integers(TODAY - 6, TODAY))
def test_a_year_has_a_square_for_each_day_the_busier_the_larger(days: dict[int, int], today: int) -> None:
    picture = pictures.calendar(days, today, str)

    shown = [int(cell.words) for cell in picture.cells]
    assert shown == list(range(shown[0], today + 1)) and 365 <= len(shown) <= 371
    assert all((cell.level == 0) == (int(cell.words) not in days) for cell in picture.cells)
    busy = sorted((days[int(cell.words)], cell.size) for cell in picture.cells if cell.level)
    assert [size for _, size in busy] == sorted(size for _, size in busy)
    assert all(cell.x >= 0 and cell.x + cell.size <= picture.width for cell in picture.cells)
    assert all(cell.y + cell.size <= picture.height for cell in picture.cells)


def test_a_year_begins_on_a_monday_and_its_last_column_is_this_week() -> None:
    picture = pictures.calendar({}, TODAY + 2, lambda day: f"{date.fromordinal(day):%a %d %b %Y}")

    first, last = picture.cells[0], picture.cells[-1]
    assert (first.words, last.words) == ("Mon 24 Nov 2025", "Wed 25 Nov 2026")
    assert len({cell.x + cell.size / 2 for cell in picture.cells}) == pictures.WEEKS


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans()), min_size=1, max_size=9),
    st.floats(0.8, 0.97),
)
def test_whiskers_stay_in_order_and_on_the_scale(shares: list[tuple[float, float, float, bool]], aim: float) -> None:
    rows = []
    for one, two, three, is_known in shares:
        low, middle, high = sorted((one, two, three))
        rows.append(("", middle, low, high, is_known))

    chart = pictures.whisker_chart(rows, aim)

    assert 0 <= chart.aim <= 100
    assert all(0 <= row.low <= row.middle <= row.high <= 100 for row in chart.rows)
