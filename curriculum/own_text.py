"""What a learner's own card says -> the Cards that it makes, or the sentences that stand beside its fields."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from curriculum import card_text, html_card
from curriculum.card_text import LONGEST_PART, Fault
from curriculum.content import Card

__all__ = ["LONGEST_HTML", "LONGEST_PART", "OwnText", "fault_of_tags", "from_sentence", "make", "tags_of"]

MOST_TAGS = 20
LONGEST_TAG = 60  # characters
TAG = re.compile(r"[^\s,;]+")

KINDS = (  # type, what it is called, what it does
    ("basic", "Question and answer", "Asked one way."),
    ("reverse", "Both ways", "Two cards: the answer is asked for, and the question."),
    ("cloze", "Text with gaps", "One card for each gap number: {{gap}} or {{2:gap|hint}}."),
    ("typed", "Typed answer", "You type it, and see what differs."),
    ("choice", "Choice", "Two to six options, in another order each time."),
    ("calculation", "Calculation", "New numbers each time, and a formula."),
)
LONGEST_HTML = 50_000  # characters of a question, an answer or a note that came along as HTML
NO_LAYOUT = "No card can be made of this HTML. Look whether the gaps {{so}} or the kind have gone."
MISSING = {"question": "Write what the card asks.", "answer": "Write the answer."}


class OwnText(NamedTuple):
    """The columns of OwnCard that its cards are made from."""

    id: str
    lesson: str
    type: str
    markup: str  # markdown | html
    question: str
    answer: str
    note: str
    tags: str


def make(text: OwnText) -> tuple[list[Card], dict[str, str]]:
    """The cards, and what is wrong as a sentence for each field; one of the two is empty."""
    words = (text.question, text.answer, text.note)
    if text.markup == "html":
        made = html_card.make(text.id, text.type, *words, text.tags.split(), text.lesson)
        return made, {} if made else {"question": NO_LAYOUT}
    cards, faults = card_text.own_cards(text.id, text.type, *words, text.tags.split(), lesson=text.lesson)
    return cards, dict(_sentences(faults, {"question": text.question, "answer": text.answer}))


def _sentences(faults: Iterable[Fault], given: dict[str, str]) -> Iterable[tuple[str, str]]:
    """The first fault of each field."""
    seen: set[str] = set()
    for fault in faults:
        if fault.part in seen:
            continue
        seen.add(fault.part)
        if fault.part in MISSING and not given[fault.part].strip():
            yield fault.part, MISSING[fault.part]
        else:
            line = "" if fault.line is None else f"Line {fault.line + 1}: "
            text = fault.text if line else fault.text[:1].upper() + fault.text[1:]
            yield fault.part, f"{line}{text} {fault.mend}"


def tags_of(text: str) -> tuple[str, ...]:
    """The tags in a line that somebody typed, with spaces or commas between; each once, as first written."""
    found: dict[str, str] = {}
    for tag in TAG.findall(text):
        if bare := tag.lstrip("#"):
            found.setdefault(bare.casefold(), bare)
    return tuple(found.values())


def fault_of_tags(tags: Sequence[str]) -> str:
    """What is wrong with them, or ""."""
    if len(tags) > MOST_TAGS:
        return f"These are {len(tags)} tags; a card can have {MOST_TAGS}. Take some out."
    if long := next((tag for tag in tags if len(tag) > LONGEST_TAG), ""):
        return f'The tag "{long[:20]}…" is longer than {LONGEST_TAG} characters. Shorten it.'
    return ""


def from_sentence(text: str, gap: str) -> tuple[str, str, str]:
    """(type, question, answer) to begin with: a gap text where part of the sentence was chosen, else an answer."""
    text, gap = (" ".join(re.sub(r"[{}]+", "", part).split()) for part in (text, gap))
    if gap and gap in text and gap != text:
        return "cloze", text.replace(gap, f"{{{{{gap}}}}}", 1), ""
    return "basic", "", text
