"""From one note to card texts of ours: exactly where the note type is one of ours, else a rendered card each."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from curriculum.anki import cloze, stock, template
from curriculum.anki.package import Card, Draft, Notetype, Template

SOUND = re.compile(r"\[sound:([^\[\]]{1,400})\]")
SPOKEN = re.compile(r"\[anki:tts\b[^\[\]]*\]|\[/anki:tts\]")
LATEX = {"[latex]": "<code>", "[/latex]": "</code>", "[$]": "<code>", "[/$]": "</code>"} | {
    "[$$]": "<code>",
    "[/$$]": "</code>",
}
LATEX_MARK = re.compile(r"\[/?(?:latex|\$\$?)\]", re.IGNORECASE)
DROPPED = ("script", "style")
OCCLUSION = re.compile(
    r"anki\.imageOcclusion|\{\{cloze:\s*Occlusion\s*\}\}|image-occlusion|\bio-(?:overlay|original)\b"
)

OCCLUSION_NOTES = "image occlusion notes"
NO_CARDS = "notes without a card"
BROKEN_CARDS = "cards whose template cannot be read or makes too long a page"
EMPTY_CARDS = "cards with nothing on the front"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A note type, read once: how its notes become drafts."""

    name: str
    is_cloze: bool
    fields: tuple[str, ...]
    templates: tuple[Template, ...]
    shape: stock.Shape | None
    trees: tuple[tuple[template.Section, template.Section] | None, ...]  # (front, back); None: broken
    is_occlusion: bool

    @property
    def becomes(self) -> str:
        if self.is_occlusion:
            return ""
        return self.shape.type if self.shape else "html"


def recipe(notetype: Notetype, *, is_occlusion: bool) -> Recipe:
    """is_occlusion: the file says that this is Anki's own image occlusion; that of add-ons is known by its template."""
    trees = [(_tree(one.front), _tree(one.back)) for one in notetype.templates]
    return Recipe(
        notetype.name,
        notetype.is_cloze,
        notetype.fields,
        notetype.templates,
        stock.shape(notetype.is_cloze, notetype.fields, notetype.templates),
        tuple((front, back) if front and back else None for front, back in trees),
        is_occlusion or any(OCCLUSION.search(one.front) for one in notetype.templates),
    )


def _tree(text: str) -> template.Section | None:
    try:
        return template.parse(without_scripts(text))
    except template.Broken:
        return None


def without_scripts(text: str) -> str:
    """The template less its whole script and style elements: a deck may carry a hundred kilobytes of them."""
    for name in DROPPED:
        low, place, kept = text.lower(), 0, []
        while (start := low.find("<" + name, place)) >= 0:
            end = low.find("</" + name, start)
            end = low.find(">", end) if end >= 0 else -1
            if end < 0:
                break
            kept.append(text[place:start])
            place = end + 1
        text = "".join(kept) + text[place:]
    return text


def drafts(
    how: Recipe, values: Mapping[str, str], tags: Iterable[str], cards: Iterable[Card], left_out: Counter[str]
) -> tuple[Draft, ...]:
    """The card texts of one note. values: field -> HTML. What finds no place is counted in `left_out`."""
    cards = tuple(cards)
    if how.is_occlusion:
        left_out[OCCLUSION_NOTES] += 1
        return ()
    if not cards:
        left_out[NO_CARDS] += 1
        return ()
    if exact := _exact(how, values, cards):
        return (exact,)
    return tuple(draft for card in cards if (draft := _rendered(how, values, tags, card, left_out)))


def _exact(how: Recipe, values: Mapping[str, str], cards: tuple[Card, ...]) -> Draft | None:
    shape = how.shape
    if shape is None:
        return None
    question, answer, note = (values.get(name, "") for name in (shape.question, shape.answer, shape.note))
    accepted: tuple[str, ...] = ()
    highest = {"reverse": 2}.get(shape.type, 1)
    if shape.type == "cloze":
        gaps = cloze.numbers(question)
        ours = cloze.to_ours(question)
        if ours is None or not gaps or any(card.ord + 1 not in gaps for card in cards):
            return None
        question = ours
    elif (
        any(card.ord >= highest for card in cards)
        or template.is_empty(question)
        or (template.is_empty(answer) and shape.type != "basic")
    ):
        return None
    if shape.type == "typed":
        also = values.get(shape.also, "") if shape.also else ""
        ways = [answer, *re.split(r"<br\s*/?>", also)]
        accepted = tuple(dict.fromkeys(way for way in map(template.plain, ways) if way))
        if not accepted or any("|" in way for way in accepted) or SOUND.search(answer):
            return None
    return Draft(
        shape.type,
        readable(question),
        readable(answer),
        readable(note),
        accepted,
        tuple(card.ord for card in cards),
    )


def _rendered(
    how: Recipe, values: Mapping[str, str], tags: Iterable[str], card: Card, left_out: Counter[str]
) -> Draft | None:
    number = 0 if how.is_cloze else card.ord
    trees = how.trees[number] if number < len(how.trees) else None
    if trees is None:
        left_out[BROKEN_CARDS] += 1
        return None
    known = {
        **values,
        "Tags": html.escape(" ".join(tags)),
        "Type": html.escape(how.name),
        "Deck": html.escape(card.deck),
        "Subdeck": html.escape(card.deck.rpartition("::")[2]),
        "Card": html.escape(how.templates[number].name),
        "CardFlag": f"flag{card.flag}" if card.flag else "",
    }
    try:
        front = template.fill(trees[0], known, ord=card.ord, is_cloze=how.is_cloze)
        shown = "".join(front.made)
        silent = SOUND.sub("", shown)
        back = template.fill(trees[1], known, ord=card.ord, is_cloze=how.is_cloze, front=silent)
    except template.Broken:
        left_out[BROKEN_CARDS] += 1
        return None
    if not front.has_content:
        left_out[EMPTY_CARDS] += 1
        return None
    return Draft("basic", readable(shown), readable(_answer_alone("".join(back.made), silent)), ords=(card.ord,))


def _answer_alone(back: str, front: str) -> str:
    """The back without the front above its first line, since our desk leaves the question standing."""
    bare = back.lstrip()
    if not front.strip() or not bare.startswith(front.strip()):
        return back
    rest = bare[len(front.strip()) :].lstrip()
    line = re.match(r"<hr[^<>]*>", rest)
    return rest[line.end() :].strip() if line else back


def readable(text: str) -> str:
    """What Anki plays or draws, as HTML: sounds as players, spoken text and LaTeX as text."""
    if "[" not in text:
        return text
    text = SOUND.sub(lambda found: f'<audio controls src="{html.escape(html.unescape(found[1]))}"></audio>', text)
    text = SPOKEN.sub("", text)
    return LATEX_MARK.sub(lambda found: LATEX[found[0].lower()], text)
