"""The distance of two pitches: a number (letters counted) and half steps. C-G♯ is an augmented fifth, C-A♭ a sixth."""

import re
from dataclasses import dataclass

from curriculum.theory.pitch import Pitch

PLAIN = (0, 2, 4, 5, 7, 9, 11)  # half steps of the perfect or major interval of each number
PERFECT = (1, 4, 5)  # numbers within an octave
NUMBERS = (
    *("unison", "second", "third", "fourth", "fifth", "sixth", "seventh", "octave", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth"),
)
SHORT = {"d": "diminished", "m": "minor", "P": "perfect", "M": "major", "A": "augmented"}
USUAL = (1, 2, 2, 3, 3, 4, 4, 5, 6, 6, 7, 7)  # the number under which so many half steps are known
TRITONE = 6


@dataclass(frozen=True, slots=True)
class Interval:
    """number: 1 for a unison, 8 for an octave. half_steps: 0 or more, but for a diminished unison."""

    number: int
    half_steps: int

    @property
    def off(self) -> int:
        """Half steps wider than the perfect or major interval of its number."""
        octaves, step = divmod(self.number - 1, 7)
        return self.half_steps - 12 * octaves - PLAIN[step]

    @property
    def quality(self) -> str:
        """minor, doubly augmented."""
        is_perfect = (self.number - 1) % 7 + 1 in PERFECT
        if self.off == 0:
            return "perfect" if is_perfect else "major"
        if self.off == -1 and not is_perfect:
            return "minor"
        times = self.off if self.off > 0 else -self.off - (not is_perfect)
        return {1: "", 2: "doubly ", 3: "triply "}.get(times, f"{times} times ") + (
            "augmented" if self.off > 0 else "diminished"
        )

    @property
    def name(self) -> str:
        """perfect fifth"""
        return f"{self.quality} {NUMBERS[self.number - 1] if self.number <= len(NUMBERS) else f'{self.number}th'}"

    @property
    def short(self) -> str:
        """P5, dd7"""
        plain = self.quality.rpartition(" ")[2]
        letter = next(letter for letter, word in SHORT.items() if word == plain)
        times = abs(self.off) - (plain == "diminished" and (self.number - 1) % 7 + 1 not in PERFECT)
        return f"{letter * (times if letter in 'dA' else 1)}{self.number}"


def between(low: Pitch, high: Pitch) -> Interval:
    """The upper is the one with the higher place on the staff; of one place, the second."""
    if high.place < low.place:
        low, high = high, low
    return Interval(high.place - low.place + 1, high.midi - low.midi)


def above(root: Pitch, interval: Interval) -> Pitch:
    return root.moved(interval.number - 1, interval.half_steps)


def below(top: Pitch, interval: Interval) -> Pitch:
    return top.moved(1 - interval.number, -interval.half_steps)


def usual(half_steps: int) -> Interval:
    """The name under which the ear knows so many half steps; six are an augmented fourth."""
    octaves, rest = divmod(half_steps, 12)
    return Interval(USUAL[rest] + 7 * octaves, half_steps)


def heard_name(half_steps: int) -> str:
    """What an answer is called where nothing is spelled: perfect fifth, tritone, octave."""
    octaves, rest = divmod(half_steps, 12)
    if rest == TRITONE:
        return ("tritone", "octave and tritone")[octaves] if octaves < 2 else f"{octaves} octaves and tritone"
    return {0: "unison", 12: "octave", 24: "two octaves"}.get(half_steps) or usual(half_steps).name


def read(text: str) -> Interval | None:
    """ "P5", "perfect fifth", "dd7": None where it is no interval."""
    words = text.strip()
    if short := re.fullmatch(r"(P|M|m|d{1,3}|A{1,3})(\d{1,2})", words):
        letters, number = short[1], int(short[2])
    else:
        quality, _, last = words.lower().rpartition(" ")
        letters = next((letter for letter, word in SHORT.items() if word == quality), "")
        number = NUMBERS.index(last) + 1 if last in NUMBERS else 0
    if not letters or not number:
        return None
    is_perfect = (number - 1) % 7 + 1 in PERFECT
    if (letters == "P") != is_perfect and letters in ("P", "M", "m"):
        return None
    octaves, step = divmod(number - 1, 7)
    narrower = len(letters) + (not is_perfect)
    off = {"P": 0, "M": 0, "m": -1, "A": len(letters), "d": -narrower}[letters[0]]
    return Interval(number, 12 * octaves + PLAIN[step] + off)
