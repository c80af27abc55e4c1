"""What a lesson's Markdown has and other Markdown has not: course links, pictures, steps, card blocks, gaps."""

import hashlib
import re
import xml.etree.ElementTree as etree
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block

from core.prose import ID_PREFIX
from core.prose_extensions import AFTER_INLINE
from curriculum.card_block import GAP
from curriculum.content import Step
from curriculum.pictures import blocks

COURSE_LINK = re.compile(r"(lesson|milestone|glossary):([^#]*)(#.*)?")
ADDRESSES = {"lesson": "/lessons/{}", "milestone": "/milestones/{}", "glossary": "/glossary#{}"}
OUTSIDE = re.compile(r"(https?:|mailto:|/)")
DRAWN = re.compile(r"\{[^{}]*\}")
PICTURE = re.compile(r"[\w.-]+\.(svg|png|jpe?g|webp|avif|gif)", re.IGNORECASE)


@dataclass(slots=True)
class Found:
    """What a text names, as written; gathered while it is rendered."""

    links: list[tuple[str, str]] = field(default_factory=list)  # (lesson | milestone | glossary | page | "", target)
    pictures: list[tuple[str, str]] = field(default_factory=list)  # (file name, text alternative)


class CourseLinks(Extension):
    """lesson:, milestone: and glossary: links lead into the course; pictures to those beside the lesson."""

    def __init__(self, lesson: str, found: Found) -> None:
        super().__init__()
        self.lesson = lesson
        self.found = found

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(_Addresses(md, self.lesson, self.found), "course-links", AFTER_INLINE)


class _Addresses(Treeprocessor):
    def __init__(self, md: Markdown, lesson: str, found: Found) -> None:
        super().__init__(md)
        self.lesson = lesson
        self.found = found

    def run(self, root: etree.Element) -> None:
        for link in root.iter("a"):
            if not link.get("class", "").startswith("footnote"):
                link.set("href", self._address(link.get("href", "")))
        for picture in root.iter("img"):
            name = picture.get("src", "")
            self.found.pictures.append((name, picture.get("alt", "").strip()))
            picture.set("src", f"/lessons/{self.lesson}/pictures/{name}")

    def _address(self, target: str) -> str:
        if course := COURSE_LINK.fullmatch(target):
            kind, slug, place = course.groups()
            self.found.links.append((kind, slug))
            return ADDRESSES[kind].format(slug) + (place or "")
        if target.startswith("#"):
            self.found.links.append(("page", target[1:]))
            return f"#{ID_PREFIX}{target[1:]}"
        if not OUTSIDE.match(target):
            self.found.links.append(("", target))
        return target


class Steps:
    """Gives each box of a task list its key, made from its text; equal texts are counted."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def attributes(self, text: str, _done: bool) -> dict[str, str]:
        words = " ".join(text.split())
        key = hashlib.sha256(words.encode()).hexdigest()[:8]
        doubles = sum(step.key.split("-")[0] == key for step in self.steps)
        key += f"-{doubles + 1}" if doubles else ""
        self.steps.append(Step(key, words))
        return {"type": "checkbox", "data-step": key, "form": "steps", "name": "step", "value": key}


class CardList(BlocksExtension):
    """Neighbouring card blocks become one folded list of what the lesson will ask.

    questions: line of a card block -> (its question in one line of Markdown, how many cards it makes); the text to
    render holds "/// card | <that line>" and "///" in each one's place. seen: the lines that were met.
    """

    def __init__(self, questions: Mapping[int, tuple[str, int]]) -> None:
        super().__init__()
        self.questions = questions
        self.seen: set[int] = set()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        block_mgr.register(_CardItem, {"list": self})


class _CardItem(Block):
    NAME = "card"
    ARGUMENT = True
    config: dict[str, Any]

    def on_validate(self, parent: etree.Element) -> bool:
        """Anything but a line of ours is text."""
        return self.argument.isdecimal() and int(self.argument) in self.config["list"].questions

    def on_create(self, parent: etree.Element) -> etree.Element:
        cards: CardList = self.config["list"]
        line = int(self.argument)
        question, count = cards.questions[line]
        cards.seen.add(line)
        fold = parent[-1] if len(parent) and parent[-1].get("class") == "lesson-cards" else None
        if fold is None:
            fold = etree.SubElement(parent, "details", {"class": "lesson-cards", "data-count": "0"})
            etree.SubElement(fold, "summary")
            etree.SubElement(fold, "ul")
        total = int(fold.get("data-count", "0")) + count
        fold.set("data-count", str(total))
        fold[0].text = f"What {'one card' if total == 1 else f'{total} cards'} will ask you later"
        item = etree.SubElement(fold[1], "li")
        item.text = question
        return item

    def on_markdown(self) -> str:
        return "inline"


class ExampleBoxes(BlocksExtension):
    """An empty box for each block of `examples`; the page fills it after cleaning. seen: the lines that were met."""

    def __init__(self, lines: Container[int]) -> None:
        super().__init__()
        self.lines = lines
        self.seen: set[int] = set()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        block_mgr.register(_ExampleBox, {"boxes": self})


class _ExampleBox(Block):
    NAME = "example"
    ARGUMENT = True
    config: dict[str, Any]

    def on_validate(self, parent: etree.Element) -> bool:
        """Anything but a line of ours is text."""
        return self.argument.isdecimal() and int(self.argument) in self.config["boxes"].lines

    def on_create(self, parent: etree.Element) -> etree.Element:
        self.config["boxes"].seen.add(int(self.argument))
        return etree.SubElement(parent, "div", {"class": "lesson-example", "data-example": self.argument})


def list_question(question: str, card_type: str) -> str:
    """The first paragraph of a card's question in one line, with its gaps and its drawn values left open."""
    first = " ".join(re.split(r"\n\s*\n", blocks.without(question).strip())[0].split())
    if card_type == "calculation":
        return DRAWN.sub("…", first)
    return GAP.sub(lambda gap: rf"\[{gap['hint'] or '…'}\]", first)


class Gaps(Extension):
    """The gaps of a cloze text. asked: the number that is asked for, or None for a text without gaps."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: int | None = None
        self.shown = False  # whether the gap asked for is filled
        self.met = 0  # gaps asked for that were met

    def extendMarkdown(self, md: Markdown) -> None:
        md.inlinePatterns.register(_Gap(GAP.pattern, md, self), "gap", 195)  # before code spans (190)


class _Gap(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, gaps: Gaps) -> None:
        super().__init__(pattern, md)
        self.gaps = gaps

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | None, int | None, int | None]:
        if self.gaps.asked is None:
            return None, None, None
        mine = int(m["number"] or 1) == self.gaps.asked
        self.gaps.met += mine
        if mine and not self.gaps.shown:
            gap = etree.Element("span", {"class": "gap"})
            gap.text = AtomicString(f"[{m['hint'] or '…'}]")
        else:
            gap = etree.Element("mark", {"class": "gap"}) if mine else etree.Element("span")
            gap.text = m["text"]
        return gap, m.start(0), m.end(0)
