"""Papers: PDF files of headings, paragraphs, tables and drawings, in a font that has ♯, ♭ and most alphabets.

A4, with margins that hold on US Letter, too: what is printed in real size loses nothing. fpdf2 is imported at first
use, since most processes never write a paper.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from core.drawing import BASELINE, INKS, Drawing, Ink, Label, Line, Shape

FONTS = Path(__file__).parent / "fonts"
FILES = {"": FONTS / "DejaVuSans.ttf", "B": FONTS / "DejaVuSans-Bold.ttf"}
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0  # mm
LETTER_HEIGHT = 279.4
LEFT, TOP = 18.0, 18.0
WIDTH = PAGE_WIDTH - 2 * LEFT
BOTTOM = LETTER_HEIGHT - 16.0  # where the text ends; the foot stands below, and on Letter, too
FOOT = BOTTOM + 3.0
POINT = 25.4 / 72  # mm
LEADING = 1.42
PLACEHOLDER = "□"
LACKING = f"{PLACEHOLDER} stands for a sign that the font of this paper does not have."
HEADS = {1: (18.0, 6.0), 2: (13.0, 5.0), 3: (10.5, 4.0)}  # level -> size in points, space before in mm
GAP = 2.0  # mm between a table's columns
KEPT_WHOLE = 60.0  # mm: a row up to this height is not torn
DROPPED = {"\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\ufe0e", "\ufe0f"}  # signs without a shape


class Paper:
    """A paper that is being written from top to bottom. Sizes of text are in points, all others in millimetres."""

    def __init__(self, title: str, *, foot: str = "", at: datetime) -> None:
        self._pdf = _begun(title, at)
        self._lacks = False
        self._indent = 0.0
        self._pdf.foot = self._fit(foot, "").replace("\n", " ")
        self._pdf.add_page()
        self._pdf.set_y(TOP)

    # -- what a paper is made of

    def head(self, text: str, level: int = 1, *, on_new_page: bool = False, keeps: float = 22.0) -> None:
        """A heading, which also stands in the reader's outline. keeps: how much room must follow on its page."""
        size, before = HEADS[level]
        at_top = self._pdf.get_y() <= TOP + 0.1
        if on_new_page and not at_top:
            self._new_page()
        elif not at_top:
            self.space(before)
            self._room(size * POINT * LEADING + keeps)
        self._pdf.start_section(self._fit(text, "B").replace("\n", " "), level - 1, strict=False)
        self._write(text, size=size, bold=True)
        self.space(1.2)

    def text(self, text: str, *, size: float = 9.5, ink: Ink = "ink", bold: bool = False) -> None:
        """A paragraph; line breaks in it stay."""
        self._write(text, size=size, ink=ink, bold=bold)
        self.space(1.0)

    def bullets(self, texts: Iterable[str], *, size: float = 9.5) -> None:
        for text in texts:
            self._room(size * POINT * LEADING)
            y = self._pdf.get_y()
            self._line(LEFT + 1, y, "•", size=size, ink="muted")
            self._indent = 5.0
            self._write(text, size=size)
            self._indent = 0.0
        self.space(1.0)

    def pairs(self, rows: Iterable[tuple[str, str]], *, label_width: float = 38.0, size: float = 9.0) -> None:
        """Words beside their names, one below the other. Where there are no words the row is left out."""
        filled = [row for row in rows if row[1]]
        self._rows(filled, [label_width, WIDTH - label_width], size=size, inks=("muted", "ink"), ruled=False)
        self.space(1.0)

    def table(
        self, heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float], *, size: float = 8.5
    ) -> None:
        """A table that goes on over pages, with its heads on each. widths: shares of the page's width."""
        whole = sum(widths)
        self._rows(list(rows), [WIDTH * share / whole for share in widths], size=size, heads=heads)
        self.space(2.0)

    def draw(self, drawing: Drawing) -> None:
        """A drawing across the page; it is never torn."""
        scale = WIDTH / drawing.width
        self._room(drawing.height * scale)
        left, top = LEFT, self._pdf.get_y()
        for part in drawing.parts:
            self._draw(part, left, top, scale)
        self._pdf.set_y(top + drawing.height * scale)
        self.space(1.5)

    def rule(self) -> None:
        """A fine line across the page."""
        self._room(3)
        y = self._pdf.get_y() + 1
        self._stroke("hairline", 0.2)
        self._pdf.line(LEFT, y, LEFT + WIDTH, y)
        self._pdf.set_y(y + 2)

    def space(self, height: float) -> None:
        self._pdf.set_y(min(self._pdf.get_y() + height, BOTTOM))

    def keep(self, height: float) -> None:
        """What follows needs so much room: go on to the next page if there is less."""
        self._room(height)

    @property
    def pages(self) -> int:
        return self._pdf.pages_count

    def written(self) -> bytes:
        """The whole file. Afterwards nothing can be added."""
        if self._lacks:
            self.text(LACKING, size=8, ink="muted")
        return bytes(self._pdf.output())

    # -- below

    def _rows(
        self,
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        size: float,
        heads: Sequence[str] = (),
        inks: Sequence[Ink] = (),
        ruled: bool = True,
    ) -> None:
        height = size * POINT * LEADING
        if heads:
            self._room(4 * height)
            self._heads(heads, widths, size)
        for row in rows:
            cells = [self._lines(text, width - GAP, size, "") for text, width in zip(row, widths, strict=True)]
            lines = max(len(cell) for cell in cells)
            if not self._fits(lines * height + 1.5) and lines * height < KEPT_WHOLE:
                self._new_page(heads, widths, size)
            done = 0
            while done < lines:
                if not self._fits(height):
                    self._new_page(heads, widths, size)
                some = min(lines - done, int((BOTTOM - self._pdf.get_y() + 0.001) / height))
                self._cells([cell[done : done + some] for cell in cells], widths, size, inks)
                self._pdf.set_y(self._pdf.get_y() + some * height)
                done += some
            if ruled:
                y = self._pdf.get_y() + 0.7
                self._stroke("hairline", 0.15)
                self._pdf.line(LEFT, y, LEFT + WIDTH, y)
                self._pdf.set_y(y + 0.8)

    def _heads(self, heads: Sequence[str], widths: Sequence[float], size: float) -> None:
        cells = [self._lines(text, width - GAP, size, "B") for text, width in zip(heads, widths, strict=True)]
        self._cells(cells, widths, size, ["muted"] * len(cells), bold=True)
        y = self._pdf.get_y() + max(len(cell) for cell in cells) * size * POINT * LEADING + 0.7
        self._stroke("muted", 0.25)
        self._pdf.line(LEFT, y, LEFT + WIDTH, y)
        self._pdf.set_y(y + 0.8)

    def _cells(
        self,
        cells: Sequence[Sequence[str]],
        widths: Sequence[float],
        size: float,
        inks: Sequence[Ink],
        *,
        bold: bool = False,
    ) -> None:
        """Cells side by side, each written whole before the next: so they are read aloud, too."""
        x, top = LEFT, self._pdf.get_y()
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            for number, line in enumerate(cell):
                y = top + number * size * POINT * LEADING
                self._line(x, y, line, size=size, ink=inks[place] if inks else "ink", bold=bold)
            x += width

    def _write(self, text: str, *, size: float, ink: Ink = "ink", bold: bool = False) -> None:
        height = size * POINT * LEADING
        for line in self._lines(text, WIDTH - self._indent, size, "B" if bold else ""):
            self._room(height)
            y = self._pdf.get_y()
            self._line(LEFT + self._indent, y, line, size=size, ink=ink, bold=bold)
            self._pdf.set_y(y + height)

    def _lines(self, text: str, width: float, size: float, style: str) -> list[str]:
        """A text in lines of this width; a word that is longer is broken."""
        self._pdf.set_font("DejaVu", style, size)
        self._pdf.c_margin = 0
        lines: list[str] = []
        for paragraph in self._fit(text, style).split("\n"):
            broken = self._pdf.multi_cell(width, 1, paragraph, align="L", dry_run=True, output="LINES")
            lines += broken or [""]
        return lines

    def _line(self, x: float, y: float, text: str, *, size: float, ink: Ink = "ink", bold: bool = False) -> None:
        """One line whose upper edge is y."""
        self._pdf.set_font("DejaVu", "B" if bold else "", size)
        self._pdf.set_text_color(INKS[ink])
        middle = y + size * POINT * LEADING / 2
        self._pdf.text(x, middle + size * POINT * BASELINE, _in_order(text))

    def _draw(self, part: Shape | Line | Label, left: float, top: float, scale: float) -> None:
        def place(point: tuple[float, float]) -> tuple[float, float]:
            return left + point[0] * scale, top + point[1] * scale

        if isinstance(part, Shape):
            self._pdf.set_fill_color(INKS[part.ink])
            self._pdf.polygon([place(point) for point in part.points], style="F")
        elif isinstance(part, Line):
            self._stroke(part.ink, part.width * scale)
            self._pdf.line(*place(part.start), *place(part.end))
        else:
            style, size = "B" if part.is_bold else "", part.size * scale / POINT
            self._pdf.set_font("DejaVu", style, size)
            text = self._fit(part.text, style)
            x, y = place(part.at)
            x -= self._pdf.get_string_width(text) * {"left": 0, "middle": 0.5, "right": 1}[part.side]
            self._line(x, y - size * POINT * LEADING / 2, text, size=size, ink=part.ink, bold=part.is_bold)

    def _stroke(self, ink: Ink, width: float) -> None:
        self._pdf.set_draw_color(INKS[ink])
        self._pdf.set_line_width(width)

    def _fits(self, height: float) -> bool:
        return self._pdf.get_y() + height <= BOTTOM

    def _room(self, height: float) -> None:
        if not self._fits(height) and self._pdf.get_y() > TOP + 0.1:
            self._new_page()

    def _new_page(self, heads: Sequence[str] = (), widths: Sequence[float] = (), size: float = 0.0) -> None:
        self._pdf.add_page()
        self._pdf.set_y(TOP)
        if heads:
            self._heads(heads, widths, size)

    def _fit(self, text: str, style: str) -> str:
        """A text in signs that the font has; for each of the others a placeholder that is seen."""
        known = self._known(style)
        signs = []
        for sign in _plain(text):
            if sign == "\n" or ord(sign) in known:
                signs.append(sign)
            elif sign not in DROPPED:
                signs.append(PLACEHOLDER)
                self._lacks = True
        return "".join(signs)

    def _known(self, style: str) -> Any:
        return self._pdf.fonts[f"dejavu{style}"].cmap


def _plain(text: str) -> str:
    """Composed, with tabs as spaces and one kind of line break; other control characters and halves of surrogate
    pairs become placeholders."""
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    return "".join(
        sign if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs") else PLACEHOLDER for sign in whole
    )


def _in_order(line: str) -> str:
    """A line as it is seen: what runs from right to left is turned round."""
    if all(unicodedata.bidirectional(sign) not in ("R", "AL", "AN") for sign in line):
        return line
    from fpdf.bidi import BidiParagraph

    return str(BidiParagraph(line).get_reordered_string())


def _begun(title: str, at: datetime) -> Any:
    pdf = _kind()(format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_margins(LEFT, TOP)
    for style, path in FILES.items():
        pdf.add_font("DejaVu", style, path)
    pdf.set_title(title)
    pdf.set_creator("Woodshed")
    pdf.set_producer("Woodshed")
    pdf.set_creation_date(at)
    pdf.set_lang("en-GB")
    return pdf


@cache
def _kind() -> Any:
    from fpdf import FPDF

    class Pages(FPDF):
        """Pages with their number at the foot."""

        foot = ""

        def footer(self) -> None:
            self.set_font("DejaVu", "", 7.5)
            self.set_text_color(INKS["muted"])
            self.set_xy(LEFT, FOOT)
            self.cell(WIDTH, 4, f"{self.page_no()} of {{nb}}" + (f"   {self.foot}" if self.foot else ""))

    return Pages
