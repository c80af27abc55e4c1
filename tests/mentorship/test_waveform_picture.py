"""The waveform of a pack: true to its peaks, with flags that do not hide each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drawing import Label, Shape
from mentorship import waveform_picture
from mentorship.waveform_picture import Flag


def peaks(*pairs: tuple[int, int], channels: int = 1) -> dict[str, object]:
    return {"version": 2, "channels": channels, "bits": 8, "data": [value for pair in pairs for value in pair]}


def test_columns_hold_the_extremes_of_all_channels():
    found = waveform_picture.columns(peaks((-64, 32), (-16, 127), (-8, 8), (-128, 4), channels=2), count=2)

    assert found == [(-0.5, 127 / 128), (-1.0, 8 / 128)]


@pytest.mark.parametrize(
    "broken",
    [{}, {"channels": 0, "data": []}, {"channels": 1, "data": [None, 1]}, {"channels": 1, "bits": 5, "data": []}],
)
def test_what_is_no_waveform_is_refused(broken):
    with pytest.raises(ValueError, match="not a waveform"):
        waveform_picture.columns(broken)


@given(st.lists(st.floats(0, 60), max_size=12), st.floats(0.5, 60))
def test_flags_stand_within_the_picture_and_hide_no_other(starts, seconds):
    flags = [Flag(number, "fix", start) for number, start in enumerate(starts, 1)]

    drawn = waveform_picture.drawing([(-0.5, 0.5)] * 10, seconds, flags)

    numbers = [one for one in drawn.parts if isinstance(one, Label) and one.ink == "page"]
    places = sorted(one.at for one in numbers)
    assert len(places) == len(set(places)) == len(starts) or seconds < max(starts, default=0)
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in places)
    shapes = [one for one in drawn.parts if isinstance(one, Shape)]
    assert all(-0.01 <= x <= drawn.width + 0.01 for one in shapes for x, _ in one.points)


def test_a_range_is_shaded_and_the_picture_says_where_remarks_stand():
    drawn = waveform_picture.drawing([], 12.0, [Flag(1, "fix", 2.5, 4.0), Flag(2, "praise", 6.1)])

    assert drawn.says == "Waveform of 0:12; remarks: 1 at 0:02.500, 2 at 0:06.100"
    shaded = [one for one in drawn.parts if isinstance(one, Shape) and one.ink == "hairline"]
    assert shaded[0].points[0][0] == pytest.approx(2.5 / 12 * drawn.width)
