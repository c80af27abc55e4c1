"""A stretch of the piano's keyboard with some keys marked, as SVG."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from curriculum.pictures import BadSource, Picture, lines
from curriculum.pictures.key_words import aloud, is_black, listed, name, place
from curriculum.pictures.tune_words import Detail

WHITE, BLACK_WIDE = 26, 16  # wide
HIGH, BLACK_HIGH = 112, 70
EDGE = 2
MOST_KEYS = 62  # five octaves
MOST_MARKED = 24
LABELS = ("c", "marked", "all", "none")
IVORY, EBONY, DOT, LIGHT_DOT = "#fdfbf6", "#26221d", "#8a4b00", "#f0b35a"  # keys look the same in every theme


def svg(source: str, *, detail: Detail = "names", words: str = "") -> Picture:
    """source: "C4 E4 G4", and where wanted "range: C3..C5", "labels: c | marked | all | none"."""
    read = lines.read(source, ("range", "labels"))
    marked = [lines.key(one, number) for number, text in read.said for one in text.replace(",", " ").split()]
    if len(marked) > MOST_MARKED:
        raise BadSource(read.said[0][0], f"{len(marked)} keys are marked.", f"Mark at most {MOST_MARKED}.")
    keys = [key for key, _ in marked]
    if len(set(keys)) < len(keys):
        raise BadSource(read.said[0][0], "a key is marked twice.", "Keep one.")
    asked = read.keys("range")
    if not marked and asked is None:
        raise BadSource(0, "no key is marked.", "Write some, as in C4 E4 G4, or a range: C4..C6.")
    low, high = fitted([*keys, *(asked or ())]) if asked is None else _whole(*asked)
    if any(not low <= key <= high for key in keys):
        line, value = read.options["range"]
        raise BadSource(line, f"a marked key lies outside {value}.", "Widen the range, or leave it out.")
    if high - low >= MOST_KEYS:
        raise BadSource(0, f"{high - low + 1} keys are too many to see.", f"Show at most {MOST_KEYS}.")
    labels = read.one_of("labels", LABELS, "c")
    if labels == "c" and asked is None and detail != "names":
        low -= 0 if any(key % 12 == 0 and key not in keys for key in range(low, high + 1)) else 12  # one must be named
    return draw(marked, low, high, labels=labels, detail=detail, words=words)


def draw(
    marked: Sequence[tuple[int, str]],
    low: int,
    high: int,
    *,
    labels: str = "c",
    detail: Detail = "names",
    words: str = "",
) -> Picture:
    """marked: (MIDI, how it is spelled) each. low, high: the first and the last key, both white."""
    said = words or _words(marked, low, high, labels, detail)
    spelled = dict(marked)
    parts: list[Markup] = []
    whites = [key for key in range(low, high + 1) if not is_black(key)]
    for key in whites:
        shown = _label(key, spelled, labels, detail)
        parts += _white(key, low, spelled, shown)
    for key in range(low, high + 1):
        if is_black(key):
            parts += _black(key, low, key in spelled)
    wide = WHITE * len(whites) + 2 * EDGE
    head = '<svg viewBox="0 0 {} {}" width="{}em" height="{}em" role="img"><title>{}</title>'
    head += '<g class="keys" font-size="11" text-anchor="middle" stroke="{}">{}</g></svg>'
    body = Markup("").join(parts)
    tall = HIGH + 2 * EDGE
    return Picture(Markup(head).format(wide, tall, round(wide / 16, 2), round(tall / 16, 2), said, EBONY, body), said)


def fitted(keys: Sequence[int]) -> tuple[int, int]:
    """Whole groups of keys around these, an octave at least: from a C or F to an E or B."""
    low, high = min(keys), max(keys)
    while low % 12 not in (0, 5):
        low -= 1
    high = max(high, low + 11)
    while high % 12 not in (4, 11):
        high += 1
    return low, high


def _whole(low: int, high: int) -> tuple[int, int]:
    """A black key cannot stand at the edge."""
    return low - is_black(low), high + is_black(high)


def _left(key: int, low: int) -> float:
    """Left edge of a white key; of a black one its middle."""
    return EDGE + WHITE * sum(not is_black(one) for one in range(low, key))


def _label(key: int, spelled: dict[int, str], labels: str, detail: Detail) -> str:
    """What stands on a white key; where names are asked, the usual C stands on no marked key."""
    if labels == "c":
        return name(key) if key % 12 == 0 and (detail == "names" or key not in spelled) else ""
    return spelled.get(key, name(key)) if labels == "all" or (labels == "marked" and key in spelled) else ""


def _white(key: int, low: int, spelled: dict[int, str], label: str) -> Iterable[Markup]:
    x = _left(key, low)
    tag = '<rect class="key-white" x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}" stroke-width="1"/>'
    yield Markup(tag).format(x, EDGE, WHITE, HIGH, IVORY)
    if key in spelled:
        yield _dot(x + WHITE / 2, EDGE + HIGH - 30, DOT)
    if label:
        text = '<text x="{}" y="{}" fill="{}" stroke="none">{}</text>'
        yield Markup(text).format(x + WHITE / 2, EDGE + HIGH - 7, EBONY, label)


def _black(key: int, low: int, is_marked: bool) -> Iterable[Markup]:
    x = _left(key, low) - BLACK_WIDE / 2
    tag = '<rect class="key-black" x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}" stroke-width="1"/>'
    yield Markup(tag).format(x, EDGE, BLACK_WIDE, BLACK_HIGH, EBONY)
    if is_marked:
        yield _dot(x + BLACK_WIDE / 2, EDGE + BLACK_HIGH - 13, LIGHT_DOT)


def _dot(x: float, y: float, ink: str) -> Markup:
    return Markup('<circle class="key-mark" cx="{}" cy="{}" r="{}" fill="{}" stroke="none"/>').format(x, y, 6, ink)


def _words(marked: Sequence[tuple[int, str]], low: int, high: int, labels: str, detail: Detail) -> str:
    octaves = (high - low + 1) / 12
    if detail == "names":
        said = f"Keyboard from {aloud(name(low))} to {aloud(name(high))}"
        told = [aloud(spelled) for _, spelled in sorted(marked)]
    else:
        first = "C" if low % 12 == 0 else "F" if low % 12 == 5 else "another key"
        named = [
            name(key) for key in range(low, high + 1) if labels == "c" and _label(key, dict(marked), labels, detail)
        ]
        said = f"Keyboard of {octaves:.2g} octave{'' if octaves == 1 else 's'}, from {first} on"
        said += f"; {listed(named)} {'is' if len(named) == 1 else 'are'} named" if named else ""
        told = [place(key, low) for key, _ in sorted(marked)]
    return f"{said}. Marked: {listed(told)}." if told else f"{said}. No key is marked."
