"""Pictures in a card's question: what is wrong with them, and words beside them that do not give the answer away."""

import html
import re
from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from curriculum.calculation_text import Fault
from curriculum.card_block import CardText
from curriculum.content import Card
from curriculum.pictures import tune_words
from curriculum.pictures.blocks import Blocks, line_of

MOST_BARS = 2  # of written music on a card
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
READ_BY_ALL = re.compile(r"\d+/\d+|“[^”]*”")  # stands in the picture in the same letters
WORD = re.compile(r"[A-Za-z]+|\d+")
SIGNS = {"♯♯": " double sharp ", "♭♭": " double flat ", "♯": " sharp ", "#": " sharp ", "♭": " flat "}
FLAT = re.compile(r"\b([A-G])b(?=\d|\b)")


def made(words: CardText, blocks: Blocks, make: Callable[[], list[Card]]) -> tuple[list[Card], list[Fault]]:
    """The cards, their pictures told with as many names as the answer allows: names, else places, else shapes alone."""
    cards: list[Card] = []
    blocks.question = words.question
    for detail in tune_words.DETAILS:
        blocks.detail = detail
        blocks.unread.clear()
        cards = make()
        if blocks.unread:
            return cards, list(_faults(words, blocks))
        if not any(gives_away(card) for card in cards):
            return cards, []
    text = "the words beside the picture say the answer; who does not see it would read it there."
    return cards, [Fault("question", None, text, 'Ask for something else, or write them yourself: ```abc words="…".')]


def gives_away(card: Card) -> bool:
    """Whether the words of the pictures in its question hold the answer; of a choice, that one and not all others."""
    told = [_tokens(READ_BY_ALL.sub(" ", html.unescape(one))) for one in TITLE.findall(str(card.front))]
    if not told:
        return False
    answers = [_tokens(one) for one in card.accepted or [_plain(card.options[0] if card.options else card.back)]]
    wrong = [_tokens(_plain(option)) for option in card.options[1:]]
    if not any(_holds(one, answer) for one in told for answer in answers):
        return False
    return not wrong or not all(any(_holds(one, option) for one in told) for option in wrong)


def _faults(words: CardText, blocks: Blocks) -> Iterator[Fault]:
    parts = (("question", words.question), ("answer", words.answer), ("note", words.note))
    for unread in blocks.unread:
        for part, text in parts:
            if (line := line_of(text.split("\n"), unread)) is not None:
                yield Fault(part, line, unread.fault.text, unread.fault.mend)
                break
        else:
            yield Fault("question", None, unread.fault.text, unread.fault.mend)


def _plain(text: Markup) -> str:
    return Markup(TITLE.sub(" ", str(text))).striptags()


def _tokens(text: str) -> list[str]:
    """Words and figures; a single letter keeps its case, so that the note A is not the word "a"."""
    text = FLAT.sub(r"\1 flat ", text)
    for sign, word in SIGNS.items():
        text = text.replace(sign, word)
    return [one if len(one) == 1 else one.casefold() for one in WORD.findall(text)]


def _holds(told: Sequence[str], answer: Sequence[str]) -> bool:
    size = len(answer)
    return size > 0 and any(list(told[at : at + size]) == list(answer) for at in range(len(told) - size + 1))
