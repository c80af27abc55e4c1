"""ABC, the part of it that the course uses: text in, a Tune out. What cannot be read is refused with its line.

Source: the ABC standard, version 2.1 (abcnotation.com).
"""

import re
from fractions import Fraction

from curriculum.pictures import BadSource
from curriculum.pictures.tune import FLATS, SHARPS, Bar, Event, Note, Tune, Voice, dots_of

__all__ = ["LONGEST", "MOST_BARS", "read"]

LONGEST = 4_000  # characters
MOST_BARS = 16
MOST_EVENTS = 200
MOST_VOICES = 2

FIELD = re.compile(r"(?P<name>[A-Za-z]):\s*(?P<value>.*?)\s*")
COMMENT = re.compile(r"(?<!\\)%.*")
KEY = re.compile(
    r"(?:(?P<none>none)|(?P<letter>[A-G])(?P<sign>[#b]?)\s*(?P<mode>[A-Za-z]*))?"
    r"(?:(?:^|\s+)(?:clef=)?(?P<clef>treble|bass|alto|tenor|perc))?"
)
VOICE = re.compile(r"(?P<name>\w+)(?:\s+(?:clef=)?(?P<clef>treble|bass|alto|tenor|perc))?")
METER = re.compile(r"C\|?|(?P<beats>\d{1,2})/(?P<unit>1|2|4|8|16)")
LENGTH = re.compile(r"1/(1|2|4|8|16|32)")
TEMPO = re.compile(r"(?P<value>\d/\d{1,2})\s*=\s*(?P<bpm>\d{2,3})")
MODES = {  # fifths above major
    "": 0, "maj": 0, "major": 0, "ion": 0, "m": -3, "min": -3, "minor": -3, "aeo": -3, "mix": -1, "dor": -2, "phr": -4,
    "lyd": 1, "loc": -5, "mixolydian": -1, "dorian": -2, "phrygian": -4, "lydian": 1, "locrian": -5,
}  # fmt: skip
NOTE = r"(?P<sign>\^\^|\^|__|_|=)?(?P<letter>[A-Ga-g])(?P<octave>[',]*)"
SIZE = r"(?P<size>\d{0,3}/\d{1,2}|\d{0,3}/{1,3}|\d{1,3})?"
TOKENS = re.compile(
    rf"""(?P<space>\s+)
    |"(?P<text>[^"]*)"
    |!(?P<mark>[^!\s]*)!
    |\((?P<tuplet>[2-9])(?!\d)(?::(?P<into>\d)?)?
    |(?P<bar>:\|\|?:|::|:\|\]?|\|:|\|\]|\|\||\[\||\|)(?P<ending>\s*\[?[1-4](?=\s))?
    |\[(?P<lone>[1-4])(?=\s)
    |\[(?P<chord>(?:(?:!x!)?[_^=]*[A-Ga-g][',]*[\d/]*-?\s*)+)\]{SIZE.replace("size", "chord_size")}(?P<chord_tie>-)?
    |(?P<dot>\.)
    |(?P<rest>[zx]){SIZE.replace("size", "rest_size")}
    |{NOTE}{SIZE}(?P<tie>-)?
    |(?P<broken>[<>])""",
    re.VERBOSE,
)
IN_CHORD = re.compile(rf"(?P<cross>!x!)?{NOTE}{SIZE}(?P<tie>-)?\s*")
SIGNS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
BARS = {"|": "single", "||": "dbl", "|]": "end", ":|": "rptend", ":|]": "rptend", "|:": "single", "[|": "single"}
BOTH_WAYS = ("::", ":|:", ":||:")
MARKS = {"fermata": "fermata", "accent": "accent", ">": "accent", "staccato": "staccato"}
SIGN_TEXTS = ("segno", "coda", "fine", "D.C.", "D.S.")
TUPLETS = {2: 3, 3: 2, 4: 3, 5: 4, 6: 4, 7: 4, 8: 6, 9: 8}
HOW_TO_KEY = "Write K:G, K:Am, K:Ddor, K:F clef=bass, or K:none clef=perc."


def read(source: str) -> Tune:
    """Fields X and T are read and not shown. At most 16 bars; two voices at most, the upper one first."""
    if len(source) > LONGEST:
        raise BadSource(0, f"this is longer than {LONGEST:,} characters.", "Show less of it.")
    reading = _Reading()
    for number, written in enumerate(source.split("\n")):
        line = COMMENT.sub("", written).strip()
        reading.line = number
        if not line:
            continue
        if (found := FIELD.fullmatch(line)) and not (reading.has_key and found["name"] not in "VKMLQXTw"):
            reading.field(found["name"], found["value"])
        elif reading.has_key:
            reading.music(line)
        else:
            raise reading.bad("music stands before the key.", f"{HOW_TO_KEY} in a line of its own above it")
    return reading.tune()


class _Reading:
    def __init__(self) -> None:
        self.line = 0
        self.has_key = False
        self.key, self.fifths, self.meter = "C", 0, ""
        self.tempo: tuple[Fraction, int] | None = None
        self.unit: Fraction | None = None
        self.clef = "treble"
        self.voices: dict[str, _VoiceReading] = {}
        self.current = ""

    def bad(self, text: str, mend: str) -> BadSource:
        return BadSource(self.line, text, mend)

    def field(self, name: str, value: str) -> None:
        if name in "XT":
            return
        if name in "KMLQ" and any(voice.has_music for voice in self.voices.values()):
            raise self.bad(
                f"{name}: stands after the music has begun.", "Write it above; for a change, make two blocks."
            )
        readers = {"K": self._key, "M": self._meter, "L": self._length, "Q": self._tempo, "V": self._voice}
        if name not in readers:
            raise self.bad(f'the field "{name}:" is unknown here.', "Use X, T, M, L, Q, V and K.")
        readers[name](value)

    def _key(self, value: str) -> None:
        found = KEY.fullmatch(value)
        mode = (found["mode"] or "").lower() if found else ""
        if found is None or mode not in MODES:
            raise self.bad(f'the key "{value}" cannot be read.', HOW_TO_KEY)
        if found["letter"]:
            place = "FCGDAEB".index(found["letter"]) - 1 + {"#": 7, "b": -7, "": 0}[found["sign"]]
            self.fifths = place + MODES[mode]
            if abs(self.fifths) > 7:
                raise self.bad(f'the key "{value}" would need {abs(self.fifths)} signs.', "Write the other spelling.")
        self.key = value
        self.clef = found["clef"] or self.clef
        self.has_key = True

    def _meter(self, value: str) -> None:
        if value.lower() == "none":
            self.meter = ""
        elif METER.fullmatch(value):
            self.meter = value
        else:
            raise self.bad(f'the meter "{value}" cannot be read.', "Write M:4/4, M:6/8, M:C or M:none.")

    def _length(self, value: str) -> None:
        found = LENGTH.fullmatch(value)
        if found is None:
            raise self.bad(f'the unit length "{value}" cannot be read.', "Write L:1/4, L:1/8 or L:1/16.")
        self.unit = Fraction(value)

    def _tempo(self, value: str) -> None:
        found = TEMPO.fullmatch(value)
        if found is None or dots_of(Fraction(found["value"])) is None or not 20 <= int(found["bpm"]) <= 400:
            raise self.bad(f'the tempo "{value}" cannot be read.', "Write Q:1/4=120.")
        self.tempo = Fraction(found["value"]), int(found["bpm"])

    def _voice(self, value: str) -> None:
        found = VOICE.fullmatch(value)
        if found is None:
            raise self.bad(f'the voice "{value}" cannot be read.', "Write V:1 clef=treble and V:2 clef=bass.")
        self.current = found["name"]
        if self.current not in self.voices:
            if len(self.voices) == MOST_VOICES:
                raise self.bad(
                    f"there are more than {MOST_VOICES} voices.", "Keep two; chords stand in brackets: [CEG]."
                )
            self.voices[self.current] = _VoiceReading(self, found["clef"] or self.clef)
        elif found["clef"]:
            self.voices[self.current].voice.clef = found["clef"]

    def music(self, line: str) -> None:
        if not self.current:
            self._voice("1")
        self.voices[self.current].music(line)

    def tune(self) -> Tune:
        if not self.has_key:
            raise self.bad("this ABC has no key.", HOW_TO_KEY)
        read_ = [one for one in self.voices.values() if one.has_music]
        for one in read_:
            one.close()
        if not read_:
            raise self.bad("this ABC has no notes.", "Write them below the line K:, as in: C D E F |")
        voices = [one.voice for one in read_]
        bars = {len(voice.bars) for voice in voices}
        if len(bars) > 1:
            raise self.bad("the voices have not the same number of bars.", "Give each bar of one a bar of the other.")
        if max(bars) > MOST_BARS:
            raise self.bad(f"this has {max(bars)} bars.", f"Show at most {MOST_BARS}.")
        if sum(len(bar.events) for voice in voices for bar in voice.bars) > MOST_EVENTS:
            raise self.bad(f"this has more than {MOST_EVENTS} notes.", "Show less of it.")
        return Tune(self.key, self.fifths, self.meter, self.tempo, voices)


class _VoiceReading:
    """One voice, line by line."""

    def __init__(self, whole: _Reading, clef: str) -> None:
        self.whole = whole
        self.voice = Voice(clef)
        self.bar = Bar()
        self.signs: dict[tuple[str, int], int] = {}  # of this bar
        self.text, self.below, self.chord = "", "", ""
        self.marks: list[str] = []
        self.is_cross = False
        self.tuplets, self.left, self.ratio = 0, 0, (1, 1)
        self.broken = Fraction(1)  # what "<" or ">" does to the next note

    @property
    def has_music(self) -> bool:
        return bool(self.voice.bars or self.bar.events)

    def music(self, line: str) -> None:
        self.bar.begins_line = self.bar.begins_line or not self.bar.events
        place = 0
        while place < len(line):
            found = TOKENS.match(line, place)
            if found is None:
                mend = "Notes are C D E, c' and C, for octaves, ^F for sharp, _B for flat, C2 and C/2 for lengths."
                raise self.whole.bad(f'"{line[place : place + 12]}" cannot be read.', mend)
            place = found.end()
            self._token(found)
            follows = line[place : place + 1]
            if self.bar.events and not found["space"]:
                self.bar.events[-1].is_joined = bool(follows) and follows not in " |:]"

    def _token(self, found: re.Match[str]) -> None:
        if found["bar"]:
            self._bar_line(found["bar"], (found["ending"] or "").strip(" ["))
        elif found["lone"]:
            self.bar.ending = found["lone"]
        elif found["text"] is not None:
            self._text(found["text"])
        elif found["mark"] is not None:
            self._mark(found["mark"])
        elif found["tuplet"]:
            count = int(found["tuplet"])
            self.tuplets, self.left = self.tuplets + 1, count
            self.ratio = count, int(found["into"] or TUPLETS[count])
        elif found["dot"]:
            self.marks.append("staccato")
        elif found["broken"]:
            self._broken(found["broken"])
        elif found["rest"]:
            self._event((), found["rest_size"], is_hidden=found["rest"] == "x")
        elif found["chord"]:
            inside = list(IN_CHORD.finditer(found["chord"]))
            notes = [self._note(one, bool(one["tie"] or found["chord_tie"]), bool(one["cross"])) for one in inside]
            self._event(tuple(sorted(notes, key=lambda note: note.step)), inside[0]["size"], found["chord_size"])
        elif found["letter"]:
            self._event((self._note(found, bool(found["tie"])),), found["size"])

    def _text(self, text: str) -> None:
        if len(text) > 40:
            raise self.whole.bad(f'"{text[:20]}…" is longer than 40 characters.', "Say it in the text around it.")
        if text[:1] == "^":
            self.text = text[1:]
        elif text[:1] == "_":
            self.below = text[1:]
        elif text[:1] in "<>@":
            raise self.whole.bad(f'"{text}" stands beside a note.', 'Put it above, "^so", or below, "_so".')
        else:
            self.chord = text

    def _mark(self, name: str) -> None:
        if name in MARKS:
            self.marks.append(MARKS[name])
        elif name == "x":
            self.is_cross = True
        elif name in SIGN_TEXTS:
            self.text = name
        else:
            known = ", ".join(f"!{one}!" for one in (*MARKS, "x", *SIGN_TEXTS))
            raise self.whole.bad(f"!{name}! is unknown here.", f"Use {known}.")

    def _note(self, found: re.Match[str], is_tied: bool, is_cross: bool = False) -> Note:
        letter = found["letter"].upper()
        octave = (5 if found["letter"].islower() else 4) + found["octave"].count("'") - found["octave"].count(",")
        if not 0 <= octave <= 8:
            raise self.whole.bad(f'"{found[0].strip()}" lies too far away.', "Octaves go from 0 to 8.")
        sign = SIGNS[found["sign"]] if found["sign"] else None
        if sign is not None:
            self.signs[letter, octave] = sign
        fifths = self.whole.fifths
        in_key = 1 if letter in SHARPS[: max(fifths, 0)] else -1 if letter in FLATS[: max(-fifths, 0)] else 0
        return Note(letter, octave, sign, self.signs.get((letter, octave), in_key), is_tied, is_cross or self.is_cross)

    def _event(self, notes: tuple[Note, ...], *sizes: str | None, is_hidden: bool = False) -> None:
        value = self._unit() * self.broken
        for size in sizes:
            value *= _share(size)
        if value <= 0 or dots_of(value) is None:
            text = f"a length of {value} of a whole note cannot be written as one note."
            raise self.whole.bad(text, "Tie two notes: C4-C.")
        event = Event(notes, value, is_hidden=is_hidden, marks=tuple(self.marks))
        event.above, event.below, event.chord = self.text, self.below, self.chord
        if self.left:
            event.tuplet, event.in_time_of = self.tuplets, self.ratio
            self.left -= 1
        self.text, self.below, self.chord, self.marks, self.is_cross = "", "", "", [], False
        self.broken = Fraction(1)
        self.bar.events.append(event)

    def _unit(self) -> Fraction:
        """Of a note without a number; without L: it follows from the meter, as the standard says."""
        if self.whole.unit:
            return self.whole.unit
        found = METER.fullmatch(self.whole.meter or "4/4")
        is_short = found is not None and found["beats"] and Fraction(int(found["beats"]), int(found["unit"])) < 0.75
        return Fraction(1, 16 if is_short else 8)

    def _broken(self, sign: str) -> None:
        if not self.bar.events:
            raise self.whole.bad(f'"{sign}" stands before any note.', "Write it between two notes: A>B.")
        longer, shorter = Fraction(3, 2), Fraction(1, 2)
        last = self.bar.events[-1]
        last.value *= longer if sign == ">" else shorter
        self.broken = shorter if sign == ">" else longer
        if dots_of(last.value) is None:
            raise self.whole.bad(f'"{sign}" makes a length that no note has.', "Write the lengths out.")

    def _bar_line(self, written: str, ending: str) -> None:
        both = written in BOTH_WAYS
        if self.bar.events:
            self.bar.end = "rptend" if both else BARS[written]
            self._finish_bar()
        elif self.voice.bars and written not in ("|", "[|", "|:"):
            self.voice.bars[-1].end = "rptend" if both else BARS[written]
        if both or written == "|:":
            self.bar.begins_repeat = True
        if ending:
            self.bar.ending = ending

    def _finish_bar(self) -> None:
        if self.left:
            raise self.whole.bad("a group such as (3 is not filled in its bar.", "(3 takes the next three notes.")
        self.bar.events[-1].is_joined = False
        meter = METER.fullmatch(self.whole.meter)
        if meter is not None:
            whole = Fraction(int(meter["beats"]), int(meter["unit"])) if meter["beats"] else Fraction(1)
            length = sum((event.length for event in self.bar.events), Fraction(0))
            if length > whole:
                text = f"bar {len(self.voice.bars) + 1} holds {length} of a whole note; {self.whole.meter} has {whole}."
                raise self.whole.bad(text, "Shorten it, or write M:none.")
        self.voice.bars.append(self.bar)
        self.bar, self.signs = Bar(), {}

    def close(self) -> None:
        if self.bar.events:
            self.bar.end = "invis"
            self._finish_bar()


def _share(size: str | None) -> Fraction:
    """ "2", "/2", "3/2", "//" as a factor."""
    if not size:
        return Fraction(1)
    above, bar, below = size.partition("/")
    if bar and not below.strip("/"):
        return Fraction(int(above or 1), 2 ** (1 + below.count("/")))
    return Fraction(int(above or 1), int(below) or 1) if bar else Fraction(int(above))
