"""Every row of AUDIO 1.5, as answers to real questions."""

from dataclasses import replace

import pytest

from curriculum.ear import credit
from curriculum.ear.asked import Asked, Choice
from curriculum.ear.credit import AGAIN, GOOD, HARD
from curriculum.synth import spec


def asked(right: str, choices: tuple[str, ...] = (), *, by: str = "choice", shows_key: bool = False, **sound) -> Asked:
    made = spec.read(sound)
    found = tuple(Choice(one, one) for one in choices)
    return Asked(made["kind"], 1, made["kind"], (made,), right, "What it was.", by, found, shows_key)


def eq(right: str, *bands: tuple[float, float]) -> Asked:
    made = [{"freq_hz": hz, "gain_db": gain} for hz, gain in bands]
    return asked(right, by="axis", kind="eq", bands=made)


BOOST = eq("+1000", (1000, 6))
CUT = eq("-4000", (4000, -6))
PLAIN = eq("315", (314.98, 9))
TWO = eq("+250 -4000", (250, 3), (4000, -3))
FIFTH = asked("7", kind="interval", semitones=7)
LOOP = asked("I V vi IV", kind="progression", numerals=["I", "V", "vi", "IV"])
MINOR_LOOP = asked("i VI VII i", kind="progression", mode="minor", numerals=["i", "VI", "VII", "i"])
CLAPS = asked("clap 1010 1010", kind="rhythm", slots_per_beat=2, hits={"clap": "10101010"})
BEAT = asked(
    "kick 1000 1000; snare 0010 0010", kind="rhythm", slots_per_beat=2, hits={"kick": "10001000", "snare": "00100010"}
)
TEMPO = asked("120", by="typed", kind="tempo", bpm=120)
CHANGE = asked("5", ("-10", "-5", "5", "10"), kind="tempo", bpm=100, change_pct=5)
LEVEL = asked("+3", ("-6", "-3", "+3", "+6"), kind="level", change_db=3)
G_FLAT = asked("G♭4", by="typed", kind="interval", shows_key=True)
TWO_NOTES = asked("E♭4 B♭4", by="keyboard", kind="interval", shows_key=True)

ROWS = {
    "any: exact": (asked("dorian", kind="scale", name="dorian"), "dorian", 1, GOOD),
    "any: else": (asked("dorian", kind="scale", name="dorian"), "lydian", 0, AGAIN),
    "any: nothing": (asked("dorian", kind="scale", name="dorian"), "  ", 0, AGAIN),
    "eq: exact": (BOOST, "+1000", 1, GOOD),
    "eq: a place on the axis counts as the nearest third": (BOOST, "+1070", 1, GOOD),
    "eq: a third up": (BOOST, "+1250", 0.67, HARD),
    "eq: a third down": (BOOST, "+800", 0.67, HARD),
    "eq: 315 to 400 is one step": (PLAIN, "400", 0.67, HARD),
    "eq: 315 to 250 is one step": (PLAIN, "250 Hz", 0.67, HARD),
    "eq: two thirds": (BOOST, "+1600", 0.33, AGAIN),
    "eq: an octave": (BOOST, "+2000", 0.33, AGAIN),
    "eq: an octave down": (BOOST, "+500", 0.33, AGAIN),
    "eq: more than an octave": (BOOST, "+2500", 0, AGAIN),
    "eq: boost for cut": (CUT, "+4000", 0.33, AGAIN),
    "eq: cut for boost": (BOOST, "-1000", 0.33, AGAIN),
    "eq: boost for cut and a step off": (CUT, "+5000", 0, AGAIN),
    "eq: typed in kHz": (CUT, "−4 kHz", 1, GOOD),
    "eq: typed short": (PLAIN, "0.315k", 1, GOOD),
    "eq: words": (BOOST, "loud", 0, AGAIN),
    "two bands: both": (TWO, "+250 -4000", 1, GOOD),
    "two bands: in the other order": (TWO, "-4000 +250", 1, GOOD),
    "two bands: one a step off": (TWO, "+315 -4000", (1 + 0.67) / 2, HARD),
    "two bands: one an octave off": (TWO, "+500 -4000", (1 + 0.33) / 2, AGAIN),
    "two bands: one swapped": (TWO, "+250 +4000", (1 + 0.33) / 2, AGAIN),
    "two bands: one alone": (TWO, "-4000", 0.5, AGAIN),
    "two bands: one right, one far": (TWO, "+250 +16000", 0.5, AGAIN),
    "two bands: a step and an octave": (TWO, "+315 -8000", (0.67 + 0.33) / 2, AGAIN),
    "two bands: more than were asked": (TWO, "+250 -4000 +1000", 0, AGAIN),
    "tone: exact, typed": (asked("440", by="typed", kind="tone", freq_hz=440), "440 Hz", 1, GOOD),
    "tone: a third": (asked("1000", by="typed", kind="tone", freq_hz=1000), "1.25 kHz", 0.67, HARD),
    "filter: a third": (asked("1000", kind="filter", freq_hz=1000), "800", 0.67, HARD),
    "filter: its slope is no frequency": (asked("24", ("12", "24"), kind="filter", slope=24), "12", 0, AGAIN),
    "filter: its type": (asked("notch", ("notch", "lowpass"), kind="filter", type="notch"), "lowpass", 0, AGAIN),
    "interval: a half step wide": (FIFTH, "8", 0.33, AGAIN),
    "interval: a half step narrow": (FIFTH, "6", 0.33, AGAIN),
    "interval: a whole step": (FIFTH, "9", 0, AGAIN),
    "interval: by name": (FIFTH, "Perfect fifth", 1, GOOD),
    "interval: by its other name": (asked("6", by="typed", kind="interval", semitones=6), "diminished fifth", 1, GOOD),
    "interval: by its short name": (asked("6", by="typed", kind="interval", semitones=6), "A4", 1, GOOD),
    "chord: another quality": (asked("min/1", kind="chord", quality="min", inversion=1), "maj/1", 0, AGAIN),
    "chord: another inversion": (asked("min/1", kind="chord", quality="min", inversion=1), "min/2", 0.67, HARD),
    "chord: no inversion is the root position": (asked("min/0", kind="chord", quality="min"), "min", 1, GOOD),
    "chord: typed, in words": (asked("m7b5", by="typed", kind="chord", quality="m7b5"), "half-diminished 7", 0, AGAIN),
    "chord: typed name": (asked("m7b5", by="typed", kind="chord", quality="m7b5"), "Half-Diminished Seventh", 1, GOOD),
    "chord: typed short": (asked("min", by="typed", kind="chord", quality="min"), "minor", 1, GOOD),
    "chord: typed, M7 is not m7": (asked("m7", by="typed", kind="chord", quality="m7"), "M7", 0, AGAIN),
    "notes: exact": (G_FLAT, "Gb4", 1, GOOD),
    "notes: the key is known, other spelling": (G_FLAT, "F#4", 0.67, HARD),
    "notes: another pitch": (G_FLAT, "G4", 0, AGAIN),
    "notes: two, one under its other name": (TWO_NOTES, "D#4 Bb4", 0.67, HARD),
    "notes: two, one missing": (TWO_NOTES, "E♭4", 0, AGAIN),
    "notes: by ear alone the names are equal": (replace(G_FLAT, shows_key=False), "F♯4", 1, GOOD),
    "degree: b3 is no note": (asked("b3", by="typed", kind="degree", degree="b3"), "♭3", 1, GOOD),
    "degree: another": (asked("b3", by="typed", kind="degree", degree="b3"), "3", 0, AGAIN),
    "progression: three of four": (LOOP, "I V vi V", 0.75, HARD),
    "progression: two of four": (LOOP, "I V IV vi", 0.5, AGAIN),
    "progression: a minor chord is no major one": (LOOP, "I V VI IV", 0.75, HARD),
    "progression: shorter": (LOOP, "I V", 0.5, AGAIN),
    "progression: with dashes": (LOOP, "I – V – vi – IV", 1, GOOD),
    "progression: flat six of minor is six": (MINOR_LOOP, "i bVI ♭VII i", 1, GOOD),
    "rhythm: three of four": (CLAPS, "clap 1010 1000", 0.75, HARD),
    "rhythm: one too many": (CLAPS, "clap 1010 1011", 0.8, HARD),
    "rhythm: one elsewhere": (CLAPS, "clap 1010 1001", 0.6, AGAIN),
    "rhythm: tapped, without the voice": (CLAPS, "10101010", 1, GOOD),
    "rhythm: nothing tapped": (CLAPS, "0000 0000", 0, AGAIN),
    "rhythm: everything tapped": (CLAPS, "1111 1111", 0.5, AGAIN),
    "rhythm: two voices, one hit of four missing": (BEAT, "kick 1000 1000; snare 0010 0000", 0.75, HARD),
    "rhythm: two voices, changed about": (BEAT, "snare 1000 1000; kick 0010 0010", 0, AGAIN),
    "tempo: exact": (TEMPO, "120", 1, GOOD),
    "tempo: 4 %": (TEMPO, "124.8", 1, GOOD),
    "tempo: 4 % below": (TEMPO, "115.2 bpm", 1, GOOD),
    "tempo: over 4 %": (TEMPO, "125", 0.67, HARD),
    "tempo: 8 %": (TEMPO, "129.6", 0.67, HARD),
    "tempo: over 8 %": (TEMPO, "130", 0, AGAIN),
    "tempo: half": (TEMPO, "60", 0.33, AGAIN),
    "tempo: double": (TEMPO, "240", 0.33, AGAIN),
    "tempo: about half": (TEMPO, "62", 0.33, AGAIN),
    "tempo: not half": (TEMPO, "65", 0, AGAIN),
    "tempo: a change is no tempo": (CHANGE, "10", 0, AGAIN),
    "tempo: words": (TEMPO, "fast", 0, AGAIN),
    "level: one choice off": (LEVEL, "+6", 0.67, HARD),
    "level: one choice off, through zero": (LEVEL, "-3", 0.67, HARD),
    "level: two choices off": (LEVEL, "-6", 0, AGAIN),
    "level: of two choices the other is wrong": (asked("+6", ("-6", "+6"), kind="level", change_db=6), "-6", 0, AGAIN),
    "level: the other side is wrong": (asked("b", ("a", "b"), kind="level", change_db=6), "a", 0, AGAIN),
    "pan: one choice off is wrong": (asked("-0.5", ("-1", "-0.5"), kind="pan", position=-0.5), "-1", 0, AGAIN),
}


@pytest.mark.parametrize("row", ROWS)
def test_an_answer_is_worth_what_the_table_says(row):
    question, given, worth, rating = ROWS[row]

    mark = credit.judge(question, given)

    assert (mark.credit, mark.rating) == (pytest.approx(worth), rating)


def test_the_learner_is_told_what_it_was():
    near = credit.judge(asked("7", ("7", "8"), kind="interval"), "8")
    exact = credit.judge(FIFTH, "7")

    assert near.words == "A half step off: it was 7."
    assert exact.words == "Right."


@pytest.mark.parametrize(
    "given", ["x" * 10_000, "+" * 500, "1" * 500, "/", "♭" * 40, "\x00", "kick", "nan", "-0", "1e9"]
)
def test_no_answer_however_odd_breaks_the_judge(given):
    for question in (BOOST, TWO, FIFTH, LOOP, CLAPS, TEMPO, LEVEL, G_FLAT):
        mark = credit.judge(question, given)
        assert 0 <= mark.credit < 1 and mark.rating == AGAIN
