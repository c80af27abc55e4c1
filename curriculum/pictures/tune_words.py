"""Written music in words: what is seen. Names, places on the staff, or shapes alone, so that nothing is given away."""

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Literal

from curriculum.pictures.tune import CLEFS, FLATS, SHARPS, Bar, Event, Note, Tune, Voice, dots_of

Detail = Literal["names", "places", "shapes"]
DETAILS: tuple[Detail, ...] = ("names", "places", "shapes")

CLEF_WORDS = {"treble": "treble clef", "bass": "bass clef", "alto": "alto clef", "tenor": "tenor clef"}
VALUES = {1: "whole", 2: "half", 4: "quarter", 8: "eighth", 16: "16th", 32: "32nd", 64: "64th"}
SHAPES = {
    1: "open head without a stem", 2: "open head with a stem", 4: "filled head with a stem",
    8: "filled head with a stem and one flag or beam", 16: "filled head with a stem and two flags or beams",
    32: "filled head with a stem and three flags or beams", 64: "filled head with a stem and four flags or beams",
}  # fmt: skip
REST_SHAPES = {1: "rest hanging from a line", 2: "rest sitting on a line", 4: "zigzag rest"}
DOTS = ("", "dotted ", "double-dotted ")
ALTERED = {2: " double sharp", 1: " sharp", 0: "", -1: " flat", -2: " double flat"}
WRITTEN = {2: "a double sharp", 1: "a sharp", 0: "a natural", -1: "a flat", -2: "a double flat"}
COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven")
ORDINALS = ("first", "second", "third", "fourth", "fifth")
GROUPS = {2: "pair in the time of three", 3: "triplet", 5: "quintuplet", 6: "sextuplet", 7: "septuplet"}
ENDS = {"dbl": "double bar line", "end": "final bar line", "rptend": "repeat sign"}
TEXTS = {"segno": "segno sign", "coda": "coda sign", "fine": "Fine"}


def describe(tune: Tune, detail: Detail = "names") -> str:
    """In one line, from left to right; two staves one after the other."""
    head = [_key(tune, detail)] if any(voice.clef != "perc" for voice in tune.voices) else []
    head += [{"C": "common time", "C|": "cut time"}.get(tune.meter, tune.meter)] if tune.meter else []
    head += [f"{_value(tune.tempo[0])} = {tune.tempo[1]}"] if tune.tempo else []
    if len(tune.voices) == 1:
        voice = tune.voices[0]
        return ", ".join(part for part in (_clef(voice), *head) if part) + f": {_voice(voice, detail)}"
    staves = [f"{_clef(voice)}: {_voice(voice, detail)}" for voice in tune.voices]
    shared = ", ".join(part for part in head if part)
    return f"two staves{', ' + shared if shared else ''}. Upper staff, {staves[0]}. Lower staff, {staves[1]}"


def name(note: Note) -> str:
    return f"{note.letter}{ALTERED[note.alter]}{' ' if note.alter else ''}{note.octave}"


def _clef(voice: Voice) -> str:
    return CLEF_WORDS.get(voice.clef, "drum staff")


def _key(tune: Tune, detail: Detail) -> str:
    if not tune.fifths:
        return ""
    count, kind = abs(tune.fifths), "sharp" if tune.fifths > 0 else "flat"
    letters = (SHARPS if tune.fifths > 0 else FLATS)[:count]
    if detail == "names":
        return f"{COUNTED[count]} {kind}{'s' if count > 1 else ''} ({' '.join(letters)})"
    return f"{COUNTED[count]} {kind}{'s' if count > 1 else ''} in the signature"


def _voice(voice: Voice, detail: Detail) -> str:
    several = len(voice.bars) > 1
    said = [
        (
            f"bar {number}{_how_it_begins(bar)}: "
            if several
            else _how_it_begins(bar).strip(" ,") + " " * bar.begins_repeat
        )
        + _bar(bar, voice, detail)
        for number, bar in enumerate(voice.bars, 1)
    ]
    return "; ".join(said).strip()


def _how_it_begins(bar: Bar) -> str:
    begin = ", from a repeat sign" if bar.begins_repeat else ""
    return begin + (f", {ORDINALS[int(bar.ending) - 1]} ending" if bar.ending else "")


def _bar(bar: Bar, voice: Voice, detail: Detail) -> str:
    said = list(_events(bar.events, voice, detail))
    if bar.end in ENDS:
        said.append(ENDS[bar.end])
    return ", ".join(said)


def _events(events: Sequence[Event], voice: Voice, detail: Detail) -> Iterator[str]:
    """Neighbours of one length are told together."""
    for (tuplet, _), group in groupby(
        (one for one in events if not one.is_hidden), lambda one: (one.tuplet, _kind(one))
    ):
        some = list(group)
        count = some[0].in_time_of[0]
        before = f"in a {GROUPS.get(count, f'group of {count}')}, " if tuplet else ""
        if not some[0].notes:
            yield before + _rests(some, detail)
        else:
            yield before + _sounds(some, voice, detail)


def _kind(event: Event) -> tuple[Fraction, bool, bool, bool]:
    return event.value, bool(event.notes), len(event.notes) > 1, _is_crossed(event)


def _is_crossed(event: Event) -> bool:
    """Whether all its heads are crosses; of a mixed chord each says it itself."""
    return bool(event.notes) and all(note.is_cross for note in event.notes)


def _rests(events: Sequence[Event], detail: Detail) -> str:
    value, dots = dots_of(events[0].value) or (4, 0)
    if detail == "shapes":
        one = REST_SHAPES.get(value, f"rest with {COUNTED[value.bit_length() - 3]} hook{'s' if value > 8 else ''}")
        one += " and a dot" if dots else ""
        return _article(one) if len(events) == 1 else f"{_count(len(events))} times {_article(one)}"
    one = f"{DOTS[dots]}{VALUES[value]} rest"
    texts = [part for event in events for part in _extras(event)]
    return (_article(one) if len(events) == 1 else f"{_count(len(events))} {one}s") + _in_brackets(texts)


def _sounds(events: Sequence[Event], voice: Voice, detail: Detail) -> str:
    value, is_chord, is_crossed = events[0].value, len(events[0].notes) > 1, _is_crossed(events[0])
    by_name = detail == "names" and voice.clef != "perc"
    told = [_told(event, voice, by_name) for event in events]
    if detail == "shapes":
        times = "" if len(events) == 1 else f"{_count(len(events))} times "
        heads = "with heads " if is_chord else ""
        return f"{times}{_article(_shape(value, is_crossed))}, {heads}{'; then '.join(told)}"
    kind = f"{'cross-headed ' if is_crossed else ''}{_value(value)}"
    if is_chord:
        return f"{kind}-note chord{_s(told)} {'of ' if by_name else ''}" + ", then ".join(told)
    return f"{kind} note{_s(told)} {_listed(told)}"


def _shape(value: Fraction, is_crossed: bool) -> str:
    base, dots = dots_of(value) or (4, 0)
    shape = re.sub(r"(filled|open) head", "cross", SHAPES[base]) if is_crossed else SHAPES[base]
    return shape + ("", " and a dot", " and two dots")[dots]


def _told(event: Event, voice: Voice, by_name: bool) -> str:
    """One note or chord: its names or places, and what stands with it."""
    own_crosses = not _is_crossed(event)
    said = [
        ("a cross " if note.is_cross and own_crosses else "") + (name(note) if by_name else _place(note, voice))
        for note in event.notes
    ]
    return _listed(said) + _in_brackets(list(_extras(event)))


def _place(note: Note, voice: Voice) -> str:
    above = note.step - CLEFS[voice.clef][2]
    at, is_space = divmod(above, 2)
    if 0 <= above <= 8:
        where = f"{'in' if is_space else 'on'} the {ORDINALS[at]} {'space' if is_space else 'line'}"
    elif above in (-1, 9):
        where = f"just {'below' if above < 0 else 'above'} the staff"
    else:
        count = (above - 8) // 2 if above > 8 else -above // 2
        side = "above" if above > 8 else "below"
        lines = f"{ORDINALS[count - 1] if count <= 5 else f'{count}th'} ledger line {side}"
        where = f"{'just ' + side if is_space else 'on'} the {lines}"
    return where + (f" with {WRITTEN[note.sign]}" if note.sign is not None else "")


def _extras(event: Event) -> Iterable[str]:
    yield from event.marks
    if any(note.is_tied for note in event.notes):
        yield "tied to the next" if all(note.is_tied for note in event.notes) else "partly tied to the next"
    if event.chord:
        yield f"marked “{event.chord}”"
    for text in (event.above, event.below):
        if text:
            yield TEXTS.get(text, f"“{text}”")


def _value(value: Fraction) -> str:
    base, dots = dots_of(value) or (4, 0)
    return f"{DOTS[dots]}{VALUES[base]}"


def _s(some: Sequence[str]) -> str:
    return "s" if len(some) > 1 else ""


def _in_brackets(parts: Sequence[str]) -> str:
    return f" ({', '.join(parts)})" if parts else ""


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _count(number: int) -> str:
    return COUNTED[number] if number < len(COUNTED) else str(number)


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeio' or words.startswith('8') else 'a'} {words}"
