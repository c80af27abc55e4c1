"""The words of one card -> the Cards that it makes, or what must be mended: a lesson's cards, and a learner's own."""

import hashlib
import re
import threading
from collections.abc import Iterable, Sequence

from markdown.extensions import Extension
from markupsafe import Markup

from core import prose
from curriculum import calculation_text, card_pictures
from curriculum.calculation_text import Fault
from curriculum.card_block import GAP, SHOWING, SOUNDING, TYPES, CardText
from curriculum.content import Card
from curriculum.ear import draw, ladders, recipe_text
from curriculum.ear.recipe import Recipe
from curriculum.lesson_page import Gaps
from curriculum.pictures.blocks import Blocks
from curriculum.typed import compare_typed

__all__ = ["Fault", "Renderer", "make", "own_cards"]

OPTION = re.compile(r"\s*[-*+]\s+\[(?P<mark>.)\]\s+(?P<words>.*\S)\s*")
LIST_ITEM = re.compile(r"\s*[-*+]\s")
FEWEST_OPTIONS, MOST_OPTIONS = 2, 6
HOW_TO_CHOOSE = "Write the options one a line: - [x] the right one, - [ ] a wrong one."
PICTURES = {"notation": ("abc", "grid"), "keyboard": ("keyboard",), "pianoroll": ("pianoroll",)}  # names of fences
FENCE = re.compile(r"^ {0,3}```+ *([\w-]+)", re.MULTILINE)
MOST_NAMED = 8  # answers of a sounding card
LONGEST_PART = 5_000  # characters of a question, an answer or a note that a learner writes


class Renderer:
    """Cards' Markdown to clean HTML. Not for two threads at once. blocks: those that become pictures."""

    def __init__(
        self,
        dialect: prose.Dialect = prose.CARD,
        extensions: Iterable[Extension] = (),
        blocks: Blocks | None = None,
    ) -> None:
        self._gaps = Gaps()
        self.blocks = blocks
        self._prose = prose.Renderer(dialect, [*extensions, self._gaps], blocks.draws() if blocks else None)

    def html(self, text: str) -> Markup:
        return self._prose.html(text) if text else Markup("")

    def line(self, text: str) -> Markup | None:
        """One line without the paragraph around it; None when it is more than a line of text, or holds a link."""
        html = self._prose.html(text)
        inner = html.removeprefix("<p>").removesuffix("</p>")
        is_line = len(inner) == len(html) - len("<p></p>") and not re.search(r"<(?:p|a|div|pre|ul|ol|input)\b", inner)
        return Markup(inner) if is_line else None

    def sides(self, text: str, number: int) -> tuple[Markup, Markup] | None:
        """The text with this gap open, and with it filled; None when Markdown never met the gap."""
        gaps = self._gaps
        gaps.asked, gaps.shown, gaps.met = number, False, 0
        front = self._prose.html(text)
        met, gaps.shown = gaps.met, True
        back = self._prose.html(text)
        gaps.asked = None
        return (front, back) if met else None


def make(words: CardText, lesson: str, renderer: Renderer) -> tuple[list[Card], list[Fault]]:
    """One card; or one for each gap number, or for each way of a reverse one. Nothing when something must be mended."""
    faults = list(_missing(words))
    if faults:
        return [], faults
    makers = {"cloze": _cloze, "typed": _typed, "choice": _choice, "calculation": _calculation, "reverse": _reverse}
    makers |= dict.fromkeys(SOUNDING, _sounding) | dict.fromkeys(SHOWING, _showing)
    maker = makers.get(words.type, _basic)
    if renderer.blocks is None:
        cards = maker(words, lesson, renderer, faults)
    else:
        cards, unread = card_pictures.made(words, renderer.blocks, lambda: maker(words, lesson, renderer, faults))
        faults += unread
    return ([] if faults else cards), faults


def own_cards(
    card_id: str,
    type: str,
    question: str,
    answer: str = "",
    note: str = "",
    tags: Sequence[str] = (),
    *,
    lesson: str = "",
    extensions: Iterable[Extension] | None = None,
) -> tuple[list[Card], list[Fault]]:
    """The cards that a learner wrote in a form; never raises for what somebody may type.

    type: one of card_block.TYPES; cloze has no answer. Faults name their field (question, answer or note) and the line
    in it. extensions: for more Markdown than usual; then the renderer is built anew.
    """
    if type not in TYPES:
        return [], [Fault("question", None, f'the card type "{type}" is unknown.', f"Use one of {', '.join(TYPES)}.")]
    fields = {"question": question, "answer": "" if type == "cloze" else answer, "note": note}
    fields = {name: re.sub(r"\r\n?", "\n", text).strip("\n").rstrip() for name, text in fields.items()}
    faults = [
        Fault(name, None, "this text is too long or too tangled for a card.", "Shorten it, or make two cards.")
        for name, text in fields.items()
        if len(text) > LONGEST_PART or prose.is_heavy(text)
    ]
    if faults:
        return [], faults
    words = CardText(card_id, type, fields["question"], fields["answer"], fields["note"], tags=tuple(tags))
    return make(words, lesson, _own_renderer() if extensions is None else Renderer(prose.OWN_CARD, extensions))


_of_this_thread = threading.local()


def _own_renderer() -> Renderer:
    """Building a Markdown costs more than a card, so each thread keeps its own."""
    kept: Renderer | None = getattr(_of_this_thread, "renderer", None)
    if kept is None:
        kept = _of_this_thread.renderer = Renderer(prose.OWN_CARD)
    return kept


def _missing(words: CardText) -> Iterable[Fault]:
    if not words.question:
        yield Fault("question", None, "this card has no question.", "Write it below the card's first line.")
    if words.type != "cloze" and not words.answer.strip("| \n"):
        mend = "Write it below the question, after a line of ---."
        yield Fault("answer", None, "this card has no answer.", mend)


def _basic(words: CardText, lesson: str, renderer: Renderer, _: list[Fault]) -> list[Card]:
    return [_card(words, lesson, renderer, renderer.html(words.question), renderer.html(words.answer))]


def _reverse(words: CardText, lesson: str, renderer: Renderer, _: list[Fault]) -> list[Card]:
    there, back = renderer.html(words.question), renderer.html(words.answer)
    return [
        _card(words, lesson, renderer, there, back),
        _card(words, lesson, renderer, back, there, card_id=f"{words.id}.r"),
    ]


def _typed(words: CardText, lesson: str, renderer: Renderer, faults: list[Fault]) -> list[Card]:
    accepted = tuple(way.strip() for way in words.answer.split("|") if way.strip())
    if not any(compare_typed(accepted[0], one) for one in accepted):
        text = f'"{accepted[0]}" can never be typed right: it has no letter and no digit.'
        faults.append(Fault("answer", 0, text, "Write a word or a number, or make a card of type basic."))
    back = prose.plain(accepted[0])
    return [_card(words, lesson, renderer, renderer.html(words.question), back, answer=accepted[0], accepted=accepted)]


def _cloze(words: CardText, lesson: str, renderer: Renderer, faults: list[Fault]) -> list[Card]:
    found = [int(gap["number"] or 1) for gap in GAP.finditer(words.question)]
    if not found:
        mend = "Put double braces around the words to recall: {{so}}."
        faults.append(Fault("question", None, "this cloze card has no gap.", mend))
    if 0 in found:
        faults.append(Fault("question", None, "a gap has the number 0.", "Count gaps from 1."))
    if words.question.count("{{") != len(found):
        mend = "Write {{gap}}, {{gap|hint}} or {{1:gap|hint}}, without braces inside."
        faults.append(Fault("question", None, "a gap of this cloze card cannot be read.", mend))
    cards = []
    for number in sorted(set(found)):
        if sides := renderer.sides(words.question, number):
            cards.append(_card(words, lesson, renderer, *sides, card_id=f"{words.id}.{number}"))
        else:
            text = f"gap {number} stands in code, where it stays open."
            faults.append(Fault("question", None, text, "Take it out of the code."))
    return cards


def _choice(words: CardText, lesson: str, renderer: Renderer, faults: list[Fault]) -> list[Card]:
    options: list[Markup] = []
    right: list[Markup] = []
    for number, line in enumerate(words.answer.split("\n")):
        found = OPTION.fullmatch(line)
        if not line.strip():
            continue
        if found is None or found["mark"] not in " xX":
            text = f'the option "{line.strip()}" has no box.' if LIST_ITEM.match(line) else "this line is no option."
            faults.append(Fault("answer", number, text, HOW_TO_CHOOSE))
            continue
        option = renderer.line(found["words"])
        if option is None:
            mend = "Take lists, blocks and links out."
            faults.append(Fault("answer", number, "an option is one line of text.", mend))
        elif _plain(option) in map(_plain, options):
            faults.append(Fault("answer", number, f'the option "{found["words"]}" stands twice.', "Keep one."))
        else:
            options.append(option)
            right += [option] if found["mark"] in "xX" else []
    if not faults:
        faults += _faults_of_choice(options, right)
    if faults:
        return []
    front, back = renderer.html(words.question), Markup("<p>{}</p>").format(right[0])
    ordered = (right[0], *(option for option in options if option != right[0]))
    return [_card(words, lesson, renderer, front, back, options=ordered)]


def _plain(option: Markup) -> str:
    return " ".join(option.striptags().casefold().split()) or str(option)


def _faults_of_choice(options: list[Markup], right: list[Markup]) -> Iterable[Fault]:
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        text = f"this choice has {len(options)} option{'' if len(options) == 1 else 's'}."
        yield Fault("answer", None, text, f"Write {FEWEST_OPTIONS} to {MOST_OPTIONS}.")
    elif not right:
        yield Fault("answer", None, "no option of this choice is marked as right.", "Mark it: - [x] so.")
    elif len(right) > 1:
        text = f"{len(right)} options of this choice are marked as right."
        yield Fault("answer", None, text, "Keep one, and change the others or take them out.")


def _calculation(words: CardText, lesson: str, renderer: Renderer, faults: list[Fault]) -> list[Card]:
    made, found = calculation_text.read(words.question, words.answer, words.note, renderer.html)
    faults += found
    if made is None:
        return []
    back = Markup("<p>{}{}</p>").format(made.answer.text, f" ({made.units[-1]})" if made.units else "")
    card = _card(words, lesson, renderer, made.question.open(), back, note=made.note.open(), calculation=made)
    return [card]


def _showing(words: CardText, lesson: str, renderer: Renderer, faults: list[Fault]) -> list[Card]:
    """A picture in the question, answered as a choice or typed; or a rhythm that sounds."""
    if words.type == "notation" and recipe_text.is_recipe(words.answer):
        return _sounding(words, lesson, renderer, faults)
    names = PICTURES[words.type]
    fences = [fence[1] for fence in FENCE.finditer(words.question)]
    if not set(fences) & set(names):
        mend = " or ".join(f"```{name}" for name in names)
        faults.append(Fault("question", None, "this card shows no picture.", f"Write one between {mend} and ```."))
        return []
    is_choice = LIST_ITEM.match(words.answer.lstrip("\n")) is not None
    return (_choice if is_choice else _typed)(words, lesson, renderer, faults)


def _sounding(words: CardText, lesson: str, renderer: Renderer, faults: list[Fault]) -> list[Card]:
    recipes, found = recipe_text.read(words.type, words.answer)
    faults += found
    front = renderer.html(words.question)
    return [
        _card(
            words,
            lesson,
            renderer,
            front + _step(recipe),
            _may_be(recipe),
            card_id=f"{words.id}.l{recipe.level}" if recipe.level else "",
            sounding=recipe,
            level=recipe.level,
            joins=recipe.joins,
        )
        for recipe in recipes
    ]


def _step(recipe: Recipe) -> Markup:
    """So that the steps of a ladder, whose question is one, can be told apart wherever cards are listed."""
    if not recipe.ladder:
        return Markup()
    steps = ladders.LEVELS[recipe.ladder]
    return Markup("<p>Step {} of {}: {}</p>").format(recipe.level, len(steps), steps[recipe.level])


def _may_be(recipe: Recipe) -> Markup:
    """What the answer may be, for lists where nothing sounds."""
    if recipe.ladder:
        return Markup("<p>It sounds.</p>")
    if recipe.asks == draw.SIDE:
        return Markup("<p>It sounds: one of two sides.</p>")
    answers = [choice.words for choice in draw.possible(recipe)]
    more = f" and {len(answers) - MOST_NAMED} more" if len(answers) > MOST_NAMED else ""
    return Markup("<p>It sounds: {}{}.</p>").format("; ".join(answers[:MOST_NAMED]), more)


def _card(
    words: CardText,
    lesson: str,
    renderer: Renderer,
    front: Markup,
    back: Markup,
    *,
    card_id: str = "",
    answer: str | None = None,
    accepted: tuple[str, ...] = (),
    note: Markup | None = None,
    **more: object,
) -> Card:
    return Card(
        id=card_id or words.id,
        lesson=lesson,
        type=words.type,
        front=front,
        back=back,
        note=renderer.html(words.note) if note is None else note,
        accepted=accepted,
        tags=words.tags,
        block=words.id,
        version=_hash(words.type, words.question, words.answer if answer is None else answer, words.note, *accepted),
        line=words.line,
        source=words.source,
        checked=words.checked,
        country=words.country,
        **more,  # type: ignore[arg-type]
    )


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
