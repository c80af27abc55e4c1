"""The parts of our Markdown that no library brings: boxes to tick, tables that scroll, headings, drawn blocks."""

import re
import secrets
import xml.etree.ElementTree as etree
from collections.abc import Callable, Mapping
from typing import Any, cast

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup
from pymdownx.superfences import SuperFencesCodeExtension

# How the box of a task is marked up: (its text as written, whether it is ticked) -> attributes of the input.
BoxAttributes = Callable[[str, bool], dict[str, str]]

# How a fenced block of ours becomes a picture: (its text, the options of its first line) -> safe HTML. Never raises.
Draw = Callable[[str, Mapping[str, str]], Markup]

BOX = re.compile(r"^\[(?P<state>[ xX])\][ \n]+(?P<text>.*)", re.DOTALL)

# Tree processors see raw text above 20 and finished elements below (20 is Markdown's inline pass).
BEFORE_INLINE = 25
AFTER_INLINE = 15
AFTER_ALL = 3


def fixed_box(_text: str, done: bool) -> dict[str, str]:
    return {"type": "checkbox", "disabled": "disabled"} | ({"checked": "checked"} if done else {})


class TaskLists(Extension):
    """`- [ ] step` becomes a box inside its label, so that the whole line is the name and the target of the box."""

    def __init__(self, attributes: BoxAttributes = fixed_box) -> None:
        super().__init__()
        self.attributes = attributes

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(_Boxes(md, self.attributes), "task-lists", BEFORE_INLINE)


class _Boxes(Treeprocessor):
    def __init__(self, md: Markdown, attributes: BoxAttributes) -> None:
        super().__init__(md)
        self.attributes = attributes

    def run(self, root: etree.Element) -> None:
        for parent in root.iter():
            if parent.tag not in ("ul", "ol"):
                continue
            boxes = [self._box(item) for item in parent if item.tag == "li"]
            if any(boxes):
                parent.set("class", "task-list")

    def _box(self, item: etree.Element) -> bool:
        holder = item
        if not (item.text or "").strip() and len(item) and item[0].tag == "p":
            holder = item[0]
        found = BOX.match((holder.text or "").lstrip())
        if not found:
            return False
        item.set("class", "task")
        label = etree.Element("label")
        etree.SubElement(label, "input", self.attributes(found["text"].strip(), found["state"] != " "))
        words = etree.SubElement(label, "span")
        words.text = found["text"].strip()
        holder.text = ""
        holder.insert(0, label)
        return True


class Tables(Extension):
    """Tables scroll in a box of their own, reachable by keyboard; columns are aligned by class, never by style."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(_TableBoxes(md), "table-boxes", AFTER_INLINE)


class _TableBoxes(Treeprocessor):
    def run(self, root: etree.Element) -> None:
        for cell in [*root.iter("th"), *root.iter("td")]:
            if side := cell.attrib.pop("align", None):
                cell.set("class", f"align-{side}")
        for parent in list(root.iter()):
            for place, child in enumerate(parent):
                if child.tag == "table":
                    parent[place] = _table_box(child)


def _table_box(table: etree.Element) -> etree.Element:
    box = etree.Element("div", {"class": "table-scroll", "role": "group", "aria-label": "Table", "tabindex": "0"})
    box.tail, table.tail = table.tail, None
    box.append(table)
    return box


class FittedHeadings(Extension):
    """Headings start at the given level and never skip one, so that they fit below the page's own."""

    def __init__(self, start: int) -> None:
        super().__init__()
        self.start = start

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(_Headings(md, self.start), "fitted-headings", AFTER_ALL)


class _Headings(Treeprocessor):
    def __init__(self, md: Markdown, start: int) -> None:
        super().__init__(md)
        self.start = start

    def run(self, root: etree.Element) -> None:
        open_levels: list[int] = []
        for heading in root.iter():
            if not re.fullmatch(r"h[1-6]", heading.tag):
                continue
            level = int(heading.tag[1])
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
            heading.tag = f"h{min(self.start - 1 + len(open_levels), 6)}"


class PicturesAsLinks(Extension):
    """A picture becomes a link to it: a page must not fetch what a stranger names."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(_PictureLinks(md), "picture-links", AFTER_INLINE)


class _PictureLinks(Treeprocessor):
    def run(self, root: etree.Element) -> None:
        for picture in root.iter("img"):
            address = picture.get("src", "")
            picture.tag = "a"
            picture.text = picture.get("alt") or address
            picture.attrib.clear()
            picture.set("href", address)


class NoRawHtml(Extension):
    """Tags typed into the text are shown as they were typed."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")


class DrawnBlocks(Extension):
    """Fenced blocks of some names become pictures. While the text is cleaned a mark stands for each, and `filled` puts
    them in: what we drew ourselves need not pass the cleaner, and nothing like it that is typed gets through.

    draws: name of the block -> what draws it.
    """

    def __init__(self, draws: Mapping[str, Draw]) -> None:
        super().__init__()
        self.draws = draws
        self.reset()

    def extendMarkdown(self, md: Markdown) -> None:
        md.registerExtension(self)
        fences = next(one for one in md.registeredExtensions if isinstance(one, SuperFencesCodeExtension))
        for name, draw in self.draws.items():
            fences.extend_super_fences(name, self._formatter(draw), _any_options, None)

    def reset(self) -> None:
        """Before each text: marks that nobody can guess."""
        self._mark = f"drawn-{secrets.token_hex(12)}-"
        self._drawn: list[Markup] = []

    def filled(self, cleaned: str) -> str:
        found = re.compile(rf"<p>{self._mark}(\d+)</p>")
        return found.sub(lambda mark: self._drawn[int(mark[1])], cleaned)

    def _formatter(self, draw: Draw) -> Callable[..., str]:
        def formatter(src: str = "", options: Mapping[str, str] | None = None, **_: Any) -> str:
            self._drawn.append(draw(src, options or {}))
            return f"<p>{self._mark}{len(self._drawn) - 1}</p>"

        return formatter


def _any_options(
    _language: str, inputs: Mapping[str, str], options: dict[str, str], _attrs: dict[str, str], md: Markdown
) -> bool:
    cast(Any, md.preprocessors["fenced_code_block"]).get_hl_settings()  # superfences asks for it before each block
    options.update(inputs)
    return True
