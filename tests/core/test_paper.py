"""Papers: whole on A4 and on Letter, in every alphabet that the font has, and never an exception for a text."""

import hashlib
import io
import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from core import paper
from core.drawing import Drawing, Label, Line, box, svg
from core.paper import Paper

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
NASTY = [
    "夜行バス 🎧 👩‍🎤",
    "\x00\x07\x1b[31m \ud83d \uffff",
    "שלום עולם مرحبا",
    "e\u0301\u0301\u0301",
    "x" * 5000,
    "",
    " ",
    "\n\n\n",
    "{nb} %s {{x}}",
]


def read(written: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(written))


def new(foot: str = "") -> Paper:
    return Paper("A paper", foot=foot, at=AT)


def test_sharps_flats_and_other_alphabets_are_read_as_written():
    page = new()
    page.head("F♯ minor and B♭")
    page.text("Ночной автобус, Ωμέγα, żółć, −14 LUFS")

    said = read(page.written()).pages[0].extract_text()

    assert "F♯ minor and B♭" in said and "Ночной автобус, Ωμέγα, żółć, −14 LUFS" in said


def test_no_text_breaks_a_paper():
    page = new(foot="".join(NASTY)[:80])
    for text in NASTY:
        write_everywhere(page, text)

    assert page.written().startswith(b"%PDF")


def write_everywhere(page: Paper, text: str) -> None:
    page.head(text, 2)
    page.text(text)
    page.bullets([text])
    page.pairs([(text[:20], text)])
    page.table((text[:10], "B"), [(text, "b"), ("a", text)], (1, 3))
    page.draw(
        Drawing(100, 10, text, [Label((1, 1), text, "ink"), Line((0, 0), (9, 9), "bad"), box(1, 1, 2, 2, "good")])
    )


def test_what_the_font_lacks_is_seen_and_said():
    page = new()
    page.text("夜行バス and 🎧")

    said = read(page.written()).pages[0].extract_text()

    assert "□□□□ and □" in said and paper.LACKING in said


def test_a_table_goes_on_over_pages_with_its_heads_and_every_page_has_its_number():
    page = new(foot="Splits")
    page.table(("Name", "Words"), [(f"row {number}", "word " * 30) for number in range(60)], (1, 3))
    page.table(("Name", "Words"), [("too tall", "word " * 3000)], (1, 3))

    pages = [one.extract_text() for one in read(page.written()).pages]

    assert len(pages) == page.pages > 4
    assert all(text.startswith("Name") and f"{number} of {len(pages)}" in text for number, text in enumerate(pages, 1))
    whole = " ".join(pages)
    assert all(f"row {number} " in whole.replace("\n", " ") for number in range(60))
    assert whole.count("word") == 60 * 30 + 3000


def test_everything_stands_within_a_letter_page_too():
    page = new(foot="Foot")
    for number in range(200):
        page.text(f"line {number}")
    places = []

    for one in read(page.written()).pages:
        one.extract_text(visitor_text=lambda text, _, place, *__: places.append(place[5]) if text.strip() else None)

    cut = (paper.PAGE_HEIGHT - paper.LETTER_HEIGHT) / paper.POINT
    assert min(places) > cut + 6 / paper.POINT
    assert paper.LEFT >= 6 and paper.PAGE_WIDTH <= 215.9


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), min_size=5, max_size=20))
def test_any_cells_make_a_table(rows):
    page = new()
    page.table(("one", "two"), rows, (1, 3))

    assert len(read(page.written()).pages) == page.pages


def test_the_drawing_is_the_same_as_svg_and_its_texts_are_escaped():
    drawing = Drawing(100, 20, 'A "wave"', [Label((5, 5), "<b>1</b>", "page", side="middle"), box(0, 0, 9, 9, "bad")])

    said = svg(drawing)

    assert 'viewBox="0 0 100 20"' in said and "&lt;b&gt;1&lt;/b&gt;" in said and 'aria-label="A &#34;wave&#34;"' in said


def test_the_fonts_are_those_of_the_manifest():
    manifest = json.loads((paper.FONTS / "manifest.json").read_text("utf-8"))

    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paper.FILES.values()}

    assert found == manifest["sha256"]
    assert "Bitstream" in (paper.FONTS / "LICENSE.txt").read_text("utf-8")
