"""A drawing of a few plain shapes, written as SVG here and onto paper by `paper`: the same picture in both."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

Ink = Literal["ink", "muted", "hairline", "wave", "accent", "good", "warn", "bad", "info", "page"]
INKS: dict[Ink, str] = {
    "ink": "#211d18",
    "muted": "#625b51",
    "hairline": "#d9d2c6",
    "wave": "#8d8273",
    "accent": "#8a4b00",
    "good": "#1d6b3f",
    "warn": "#8a5a00",
    "bad": "#a8261c",
    "info": "#1f5d8c",
    "page": "#ffffff",
}  # those of the light theme
BASELINE = 0.35  # of a text's size: how far its baseline lies below its middle


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled outline."""

    points: tuple[tuple[float, float], ...]
    ink: Ink


@dataclass(frozen=True, slots=True)
class Line:
    start: tuple[float, float]
    end: tuple[float, float]
    ink: Ink
    width: float = 0.2


@dataclass(frozen=True, slots=True)
class Label:
    """A text whose middle stands at y; x is its left edge, middle or right edge."""

    at: tuple[float, float]
    text: str
    ink: Ink
    size: float = 2.6
    side: Literal["left", "middle", "right"] = "left"
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """width, height and all places: millimetres, y downwards. says: what it shows, for those who do not see it."""

    width: float
    height: float
    says: str
    parts: Sequence[Shape | Line | Label] = field(default_factory=tuple)


def box(x: float, y: float, width: float, height: float, ink: Ink) -> Shape:
    return Shape(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), ink)


def svg(drawing: Drawing) -> Markup:
    """As an element of a page, without script, style or anything from elsewhere."""
    parts = Markup("").join(_svg_of(part) for part in drawing.parts)
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _figure(drawing.width), _figure(drawing.height), drawing.says, parts
    )


def _svg_of(part: Shape | Line | Label) -> Markup:
    ink = INKS[part.ink]
    if isinstance(part, Shape):
        points = " ".join(f"{_figure(x)},{_figure(y)}" for x, y in part.points)
        return Markup('<polygon points="{}" fill="{}"/>').format(points, ink)
    if isinstance(part, Line):
        ends = (_figure(one) for one in (*part.start, *part.end))
        line = Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"/>')
        return line.format(*ends, ink, _figure(part.width))
    anchor = {"left": "start", "middle": "middle", "right": "end"}[part.side]
    text = Markup('<text x="{}" y="{}" font-size="{}" font-weight="{}" text-anchor="{}" fill="{}">{}</text>')
    x, y = _figure(part.at[0]), _figure(part.at[1] + part.size * BASELINE)
    return text.format(x, y, _figure(part.size), "bold" if part.is_bold else "normal", anchor, ink, part.text)


def _figure(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
