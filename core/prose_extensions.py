"""The parts of our Markdown that no library brings: boxes to tick, tables that scroll, headings that fit in."""

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# How the box of a task is marked up: (its text as written, whether it is ticked) -> attributes of the input.
BoxAttributes = Callable[[str, bool], dict[str, str]]

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
