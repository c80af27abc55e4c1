"""Places in a sound as people type them, and "#1:12" in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from mentorship import time_links

TEXTS = st.text(st.sampled_from("#0123456789:.-<>&\"' ab\n"), max_size=60)


@pytest.mark.parametrize(
    ("start", "end", "place"),
    [
        ("1:12", "", (72_000, None)),
        ("1:12.480", "", (72_480, None)),
        ("1:12,5", "", (72_500, None)),
        ("1:12-1:20", "", (72_000, 80_000)),
        ("1:12 – 1:20.25", "", (72_000, 80_250)),
        ("0:00", "0:00", (0, None)),
        ("72.5", "80", (72_500, 80_000)),
        ("1:02:03", "", (3_723_000, None)),
        ("75:00", "", (4_500_000, None)),
    ],
)
def test_a_place_is_read_as_people_write_it(start, end, place):
    assert time_links.place(start, end) == place


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("", "", "start"),
        ("soon", "", "start"),
        ("1:70", "", "start"),
        ("1:7", "", "start"),
        ("1:61:00", "", "start"),
        ("1:12-", "", "start"),
        ("1:12", "x", "end"),
        ("1:20", "1:12", "end"),
        ("1:20-1:12", "", "start"),
        ("١:١٢", "", "start"),
    ],
)
def test_what_is_no_place_is_refused_beside_its_field(start, end, field):
    with pytest.raises(Refused) as refused:
        time_links.place(start, end)

    assert refused.value.field == field


@given(st.integers(0, 6_000_000), st.integers(1, 6_000_000))
def test_words_of_a_place_are_read_as_the_same_place(start, more):
    assert time_links.place(time_links.words(start)) == (start, None)
    assert time_links.place(time_links.words(start, start + more)) == (start, start + more)


def test_a_marked_second_plays():
    assert time_links.linked("Hear #1:12 & <b>") == ('Hear <a href="#t=72" data-play-at="72">#1:12</a> &amp; &lt;b&gt;')
    assert 'data-play-at="72.48" data-play-to="80"' in time_links.linked("(#1:12.480-1:20)")


@pytest.mark.parametrize("text", ["1:12", "a#1:12", "##1:12", "#1:123", "#12", "#1:72", "/x#1:12", "#1:12:"])
def test_what_is_no_mark_stays_text(text):
    assert time_links.linked(text) == text


@given(TEXTS)
def test_no_text_becomes_anything_but_text_and_our_links(text):
    shown = time_links.linked(text)

    bare = shown.replace("</a>", "")
    while '<a href="#t=' in bare:
        first = bare.index("<a ")
        bare = bare[:first] + bare[bare.index(">", first) + 1 :]
    assert "<" not in bare
    assert type(shown)(bare).unescape() == text
    assert time_links.linked(text, plays=False).unescape() == text
