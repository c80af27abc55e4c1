"""Written music: ABC in, engraved by Verovio in this process, SVG out. The same source gives the same bytes."""

import re
import threading
import xml.etree.ElementTree as etree
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from curriculum.pictures import BadSource, Picture, abc, mei
from curriculum.pictures.tune import Tune
from curriculum.pictures.tune_words import Detail, describe

SPACE = 180  # Verovio's units between two lines of a staff
EMS_PER_SPACE = 0.62  # as wide as it stands in a text; a card's text is larger
MOST_BARS_OF_A_CARD = 2
BRACE = 160  # units that stand out to the left of two staves
KEPT = 1_000  # pictures; about 10 kB each

OPTIONS = {
    "adjustPageHeight": True,
    "adjustPageWidth": True,
    "breaks": "encoded",
    "footer": "none",
    "header": "none",
    "inputFrom": "mei",
    "mnumInterval": 0,
    "pageHeight": 60_000,
    "pageMarginBottom": 10,
    "pageMarginLeft": 10,
    "pageMarginRight": 10,
    "pageMarginTop": 10,
    "pageWidth": 60_000,
    "scale": 100,
    "svgRemoveXlink": True,
    "svgViewBox": True,
    "xmlIdSeed": 1,
}

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = ("path", "ellipse", "polygon", "polyline", "rect", "text", "tspan", "g")
ATTRIBUTES = {
    "d", "transform", "points", "cx", "cy", "rx", "ry", "x", "y", "width", "height", "stroke-width", "stroke-linecap",
    "stroke-linejoin", "stroke-dasharray", "font-size", "font-style", "font-weight", "text-anchor",
}  # fmt: skip
IN_SHEET = {  # what Verovio says in its style element
    "tempo": ("font-weight", "bold"),
    "ending": ("font-weight", "bold"),
    "dir": ("font-style", "italic"),
}
PLACED = re.compile(r"translate\((-?[\d.]+), (-?[\d.]+)\) scale\(([\d.]+), ([\d.]+)\)")

_lock = threading.Lock()
_toolkit: Any = None


def svg(source: str, *, detail: Detail = "names", words: str = "", most_bars: int = abc.MOST_BARS) -> Picture:
    """source: ABC. detail: how much its words tell; words: instead of those made from the source.

    What cannot be read, or has too many bars, is refused with BadSource.
    """
    picture, bars = _drawn(source, detail, words)
    if bars > most_bars:
        raise BadSource(0, f"this has {bars} bars.", f"Show at most {most_bars} on a card.")
    return picture


@lru_cache(KEPT)
def _drawn(source: str, detail: Detail, words: str) -> tuple[Picture, int]:
    """Kept by the whole source: the options and the engraver's version stand still while the app runs."""
    tune = abc.read(source)
    return engrave(tune, detail=detail, words=words), tune.bars


def engrave(tune: Tune, *, detail: Detail = "names", words: str = "") -> Picture:
    said = words or f"Notes on a staff: {describe(tune, detail)}."
    brace = BRACE if len(tune.voices) > 1 else 0
    return Picture(_cleaned(_engraved(mei.write(tune)), said, brace), said)


def _engraved(score: str) -> str:
    """Verovio is no friend of threads: one toolkit, one at a time, and its ids count from the start each time."""
    global _toolkit
    with _lock:
        if _toolkit is None:
            import verovio

            verovio.enableLog(verovio.LOG_OFF)
            _toolkit = verovio.toolkit()
            _toolkit.setOptions(OPTIONS)
        _toolkit.resetXmlIdSeed(1)
        if not _toolkit.loadData(score):
            raise BadSource(0, "the engraver cannot draw this.", "Write it more simply.")
        return _toolkit.renderToSVG(1)


def _cleaned(engraved: str, words: str, room: int) -> Markup:
    """Without style, ids, classes and references, in the colour of the text around it. room: more of it at the left."""
    root = etree.fromstring(engraved)
    glyphs = {one.get("id", ""): one[0].get("d", "") for one in root.iter(f"{SVG}g") if len(one) and _is_glyph(one)}
    inner = next(one for one in root if one.tag == f"{SVG}svg")
    _, _, width, height = (float(part) for part in inner.get("viewBox", "0 0 1 1").split())
    width += room
    parts = "".join(_written(one, glyphs) for one in inner)
    size = f'width="{width / SPACE * EMS_PER_SPACE:.2f}em" height="{height / SPACE * EMS_PER_SPACE:.2f}em"'
    return Markup(
        f'<svg viewBox="{-room} 0 {width:g} {height:g}" {size} role="img"><title>{escape(words)}</title>'
        f'<g fill="currentColor" stroke="currentColor" font-family="Georgia, serif">{parts}</g></svg>'
    )


def _is_glyph(group: etree.Element) -> bool:
    return group[0].tag == f"{SVG}path" and group[0].get("transform") == "scale(1,-1)"


def _written(one: etree.Element, glyphs: dict[str, str]) -> str:
    tag, kinds = one.tag.removeprefix(SVG), one.get("class", "").split()
    if "placeholder" in kinds and "section" not in kinds:
        return ""
    if tag == "use":
        return _glyph(one, glyphs)
    if tag not in SHAPES or (tag == "ellipse" and one.get("rx") == "90"):
        return ""
    said = {name: value for name, value in one.attrib.items() if name in ATTRIBUTES}
    said |= dict(IN_SHEET[kind] for kind in kinds if kind in IN_SHEET)
    if one.get("fill") == "none":
        said["fill"] = "none"
    inside = str(escape((one.text or "").strip("\n\r\t") if (one.text or "").strip() else ""))
    inside += "".join(_written(child, glyphs) for child in one)
    if tag in ("g", "tspan") and not said:
        return inside
    if tag == "text":
        said["stroke"] = "none"
    if tag in ("g", "text") and not inside:
        return ""
    written = "".join(f' {name}="{escape(value)}"' for name, value in said.items())
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def _glyph(one: etree.Element, glyphs: dict[str, str]) -> str:
    outline = glyphs.get(one.get("href", "").removeprefix("#"), "")
    placed = PLACED.fullmatch(one.get("transform", ""))
    if not outline or placed is None:
        return ""
    x, y, wide, high = placed.groups()
    return f'<path transform="translate({x},{y}) scale({wide},-{high})" d="{outline}"/>'
