"""A Tune as MEI, the format that the engraver reads.

Source: the MEI guidelines, version 5 (music-encoding.org).
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from xml.sax.saxutils import quoteattr

from curriculum.pictures.tune import CLEFS, Bar, Event, Note, Tune, Voice, dots_of

ACCIDENTALS = {2: "x", 1: "s", 0: "n", -1: "f", -2: "ff"}
ARTICULATIONS = {"staccato": "stacc", "accent": "acc"}
QUARTER = Fraction(1, 4)
SIGNS = {"segno": "segno", "coda": "coda", "fine": "fine", "D.C.": "daCapo", "D.S.": "dalSegno"}


def write(tune: Tune) -> str:
    bars = [
        _bar(number, [voice.bars[number] for voice in tune.voices], tune) for number in range(len(tune.voices[0].bars))
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?><mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.0">'
        f"<music><body><mdiv><score>{_head(tune)}<section>{''.join(bars)}</section></score></mdiv></body></music></mei>"
    )


def _head(tune: Tune) -> str:
    staves = "".join(_staff(number, voice, tune) for number, voice in enumerate(tune.voices, 1))
    is_grand = [voice.clef for voice in tune.voices] == ["treble", "bass"]
    group = ' symbol="brace" bar.thru="true"' if is_grand else ' bar.thru="true"' if len(tune.voices) > 1 else ""
    return f"<scoreDef><staffGrp{group}>{staves}</staffGrp></scoreDef>"


def _staff(number: int, voice: Voice, tune: Tune) -> str:
    sign, line, _ = CLEFS[voice.clef]
    clef = f'<clef shape="{sign}" line="{line}"/>'
    key = f'<keySig sig="{abs(tune.fifths)}{"s" if tune.fifths > 0 else "f"}"/>' if tune.fifths else ""
    meter = ""
    if tune.meter in ("C", "C|"):
        meter = f'<meterSig sym="{"common" if tune.meter == "C" else "cut"}"/>'
    elif tune.meter:
        beats, _, unit = tune.meter.partition("/")
        meter = f'<meterSig count="{beats}" unit="{unit}"/>'
    return f'<staffDef n="{number}" lines="5">{clef}{key if voice.clef != "perc" else ""}{meter}</staffDef>'


def _bar(number: int, voices: Sequence[Bar], tune: Tune) -> str:
    first = voices[0]
    left = ' left="rptstart"' if first.begins_repeat else ""
    staves, around = "", ""
    if number == 0 and tune.tempo:
        around += _tempo(*tune.tempo)
    for place, bar in enumerate(voices, 1):
        names = [f"b{number}v{place}e{at}" for at in range(len(bar.events))]
        clef = tune.voices[place - 1].clef
        staves += f'<staff n="{place}"><layer n="1">{_layer(bar.events, names, clef)}</layer></staff>'
        for event, name in zip(bar.events, names, strict=True):
            around += "".join(_around(event, name, place))
        around += "".join(_ties(tune.voices[place - 1].bars, number, place))
    made = f'<measure n="{number + 1}"{left} right="{first.end}">{staves}{around}</measure>'
    if first.ending:
        made = f'<ending n="{first.ending}">{made}</ending>'
    return ("<sb/>" if first.begins_line and number else "") + made


def _layer(events: Sequence[Event], names: Sequence[str], clef: str) -> str:
    """The notes, with beams around those that are joined and tuplets around their groups."""
    made, beam, tuplet = "", False, 0
    for place, (event, name) in enumerate(zip(events, names, strict=True)):
        if event.tuplet and event.tuplet != tuplet:
            count, time = event.in_time_of
            made += f'<tuplet num="{count}" numbase="{time}" num.format="count">'
        tuplet = event.tuplet
        following = events[place + 1] if place + 1 < len(events) else None
        joins = following is not None and event.is_joined and _has_flag(event) and _has_flag(following)
        joins = joins and following is not None and following.tuplet == event.tuplet
        if joins and not beam:
            made += "<beam>"
            beam = True
        made += _event(event, name, clef)
        if beam and not joins:
            made += "</beam>"
            beam = False
        if event.tuplet and (following is None or following.tuplet != event.tuplet):
            made += "</tuplet>"
    return made


def _has_flag(event: Event) -> bool:
    return bool(event.notes) and event.value < QUARTER


def _event(event: Event, name: str, clef: str) -> str:
    parts = dots_of(event.value)
    assert parts is not None
    length = f'xml:id="{name}" dur="{parts[0]}"' + (f' dots="{parts[1]}"' if parts[1] else "")
    if not event.notes:
        return f"<{'space' if event.is_hidden else 'rest'} {length}/>"
    marks = "".join(f'<artic artic="{ARTICULATIONS[one]}"/>' for one in event.marks if one in ARTICULATIONS)
    stem = ' stem.dir="up"' if clef == "perc" else ""
    if len(event.notes) == 1:
        return f"<note {length}{stem} {_pitch(event.notes[0], clef)}>{_sign(event.notes[0])}{marks}</note>"
    notes = [
        f'<note xml:id="{name}n{place}" {_pitch(note, clef)}>{_sign(note)}</note>'
        for place, note in enumerate(event.notes)
    ]
    return f"<chord {length}{stem}>{''.join(notes)}{marks}</chord>"


def _pitch(note: Note, clef: str) -> str:
    """On a drum staff the place, counted as on a treble staff: the engraver's own drum clef counts otherwise."""
    head = ' head.shape="x"' if note.is_cross else ""
    if clef == "perc":
        return f'loc="{note.step - CLEFS[clef][2]}"{head}'
    return f'pname="{note.letter.lower()}" oct="{note.octave}"{head}'


def _sign(note: Note) -> str:
    return "" if note.sign is None else f'<accid accid="{ACCIDENTALS[note.sign]}"/>'


def _around(event: Event, name: str, staff: int) -> Iterator[str]:
    at = f'staff="{staff}" startid="#{name}"'
    if event.chord:
        yield f'<harm place="above" {at}>{_text(event.chord)}</harm>'
    if event.above in SIGNS:
        yield f'<repeatMark place="above" func="{SIGNS[event.above]}" {at}/>'
    elif event.above:
        yield f'<dir place="above" {at}>{_text(event.above)}</dir>'
    if event.below:
        yield f'<dir place="below" {at}>{_text(event.below)}</dir>'
    if "fermata" in event.marks:
        yield f'<fermata place="above" {at}/>'


def _ties(bars: Sequence[Bar], number: int, voice: int) -> Iterable[str]:
    """From each tied note to the same pitch of what follows, over the bar line too."""
    here = list(enumerate(bars[number].events))
    then = (
        [(number + 1, at, event) for at, event in enumerate(bars[number + 1].events)] if number + 1 < len(bars) else []
    )
    following = [(number, at, event) for at, event in here] + then
    for place, event in here:
        if place + 1 >= len(following):
            continue
        bar, at, other = following[place + 1]
        for from_, note in enumerate(event.notes):
            ends = [to for to, one in enumerate(other.notes) if (one.step, one.alter) == (note.step, note.alter)]
            if note.is_tied and ends:
                start = _id(number, voice, place, from_, event)
                yield f'<tie startid="#{start}" endid="#{_id(bar, voice, at, ends[0], other)}"/>'


def _id(bar: int, voice: int, place: int, note: int, event: Event) -> str:
    return f"b{bar}v{voice}e{place}" + (f"n{note}" if len(event.notes) > 1 else "")


def _tempo(value: Fraction, bpm: int) -> str:
    """In text: the note glyphs of the engraver's font would have to be loaded."""
    parts = dots_of(value)
    assert parts is not None
    note = {4: "\u2669", 8: "\u266a", 2: "half", 1: "whole", 16: "16th"}.get(parts[0], f"1/{parts[0]}")
    return f'<tempo staff="1" tstamp="1" place="above">{note}{"." * parts[1]} = {bpm}</tempo>'


def _text(words: str) -> str:
    return quoteattr(words)[1:-1]
