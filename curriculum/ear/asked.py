"""A question to the ear as it is asked this time, and what an answer to it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Spec = Mapping[str, Any]  # a whole spec, as `curriculum.synth.spec.read` gives it

ANSWERED_BY = ("choice", "typed", "axis", "keyboard", "tap")


class Choice(NamedTuple):
    key: str  # what is logged and compared: "7", "maj7", "+1000"
    words: str  # what stands on its button: "perfect fifth"


@dataclass(frozen=True, slots=True)
class Asked:
    """The same seed asks the same.

    Keys of answers, by the sound's kind:
    interval: semitones ("7"). scale: its name. degree: "b3". chord: quality, with the inversion where that is asked
    ("maj7", "min/1"). cadence: its type. progression: numerals with spaces ("I V vi IV"). eq: sign and centre in Hz
    ("+1000"; two bands: "+250 -4000"), or the centre alone where all are boosts. filter: type or frequency. tone: Hz.
    rhythm: each voice's slots ("kick 1000 0010; snare 0000 1000"). tempo: beats a minute. level: dB with its sign.
    All else: the value of the field that is asked, as canonical JSON writes it.
    """

    skill: str  # of the ladders, or the sound's kind
    level: int  # step of the ladder; 0: none
    kind: str  # of the sound
    specs: tuple[Spec, ...]  # one; or A and B, matched in loudness
    right: str  # key
    words: str  # what it was, said after the answer: "+9 dB at 1 kHz, Q 1.4"
    answered_by: str = "choice"
    choices: tuple[Choice, ...] = ()  # in the order in which they are shown
    shows_key: bool = False  # the key is known, so that a note's spelling counts


@dataclass(frozen=True, slots=True)
class Mark:
    """credit feeds the ladder and the statistics, rating the schedule."""

    credit: float  # 0 to 1
    rating: int  # proposed: 1 forgot, 2 hard, 3 good
    words: str  # what is said about it: "One step off: it was 1.25 kHz."
