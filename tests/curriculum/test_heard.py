"""What a question to the ear looks like: facts before the answer, and what it was after it."""

import re
import xml.etree.ElementTree as etree

import pytest

from curriculum.ear import ladders
from curriculum.ear.asked import Asked
from curriculum.pictures import Picture, heard
from curriculum.synth import spec

PITCHED = ("interval", "chord", "degree", "scale")


def asked(*given: dict) -> Asked:
    made = tuple(spec.read(one) for one in given)
    return Asked(made[0]["kind"], 0, made[0]["kind"], made, "", "")


def two(kind: str, **fields) -> Asked:
    return asked({"kind": kind, "on": False, **fields}, {"kind": kind, "on": True, **fields})


def rows(picture: Picture) -> list[tuple[str, ...]]:
    assert picture.table
    assert all(len(row) == len(picture.table[0]) for row in picture.table[1])
    return list(picture.table[1])


@pytest.mark.parametrize("skill", ladders.SKILLS)
def test_every_step_of_every_ladder_can_be_answered_without_sound(skill: str) -> None:
    for level in ladders.LEVELS[skill]:
        question = ladders.ask(skill, level, 3)
        before, behind = heard.instead(question), heard.after(question)

        assert rows(before) and before.words and behind.words
        for picture in (before, behind):
            text = str(picture.svg)
            names = {name for one in etree.fromstring(text).iter() for name in one.attrib}
            assert not names & {"style", "href", "id"} and "<script" not in text and "<style" not in text
        if len(question.specs) == 2:
            assert re.search(r"\bA\b.*\bB\b", before.words)
            assert {"A", "B"} <= {name[:1] for name in before.table[0]} or {row[0][:1] for row in rows(before)} >= {
                "A",
                "B",
            }


@pytest.mark.parametrize("skill", ladders.SKILLS)
def test_no_right_answer_is_named_before_it_is_given(skill: str) -> None:
    if skill in ("rhythm", "tempo"):
        return  # the facts themselves are the answer: which slots, which times
    for level in ladders.LEVELS[skill]:
        question = ladders.ask(skill, level, 3)
        said = heard.instead(question).words.casefold()
        right = next((one.words for one in question.choices if one.key == question.right), question.words)
        assert not re.search(rf"(?<![\w.]){re.escape(right.casefold())}(?!\w)", said), (level, right)


def test_two_notes_are_told_with_their_times() -> None:
    picture = heard.instead(asked({"kind": "interval", "root": 61, "semitones": 7, "note_s": 0.8, "gap_s": 0.05}))

    assert picture.words == "Piano roll. C sharp 4 from 0 to 0.8 s; A flat 4 from 0.85 to 1.65 s."
    assert rows(picture) == [("C♯4", "61", "0", "0.8"), ("A♭4", "68", "0.85", "1.65")]


def test_both_sides_of_a_pair_stand_in_one_picture() -> None:
    picture = heard.instead(asked({"kind": "chord", "root": 60}, {"kind": "chord", "root": 60, "quality": "min"}))

    assert picture.words.startswith("Piano roll. A: C4, E4 and G4 from 0 to 1.5 s. B: C4, E flat 4 and G4 from 2")
    assert (
        picture.svg.count("stroke-dasharray") == 3 and picture.svg.count(">A C4<") == picture.svg.count(">B C4<") == 1
    )


def test_the_table_of_an_equaliser_shows_where_it_lifts() -> None:
    picture = heard.instead(two("eq", freq_hz=1000, gain_db=9, q=1.4, source="pink"))

    gaps = {row[0]: float(row[-1].replace("−", "-")) for row in rows(picture) if row[-1] != "–"}
    assert max(gaps, key=lambda band: abs(gaps[band] - gaps["63 Hz"])) == "1 kHz"
    assert "kHz" not in picture.words


def test_a_change_of_level_is_read_off_the_table() -> None:
    picture = heard.instead(two("level", change_db=-6))

    gaps = [float(row[-1].replace("−", "-")) for row in rows(picture) if row[-1] != "–"]
    assert gaps and all(5.5 < gap < 6.5 for gap in gaps)  # A is left as it is: 6 dB above B


@pytest.mark.parametrize(("position", "louder"), [(-1, 1), (-0.5, 1), (0.5, 2), (1, 2)])
def test_left_and_right_are_told_apart(position: float, louder: int) -> None:
    picture = heard.instead(asked({"kind": "pan", "position": position}))

    assert picture.table and picture.table[0][1:3] == ("left, dBFS", "right, dBFS")
    for row in rows(picture):
        levels = [float("-inf") if cell == "–" else float(cell.replace("−", "-")) for cell in row[1:3]]
        assert levels[louder - 1] == max(levels)


def test_a_pair_of_places_is_told_as_the_balance_of_each() -> None:
    picture = heard.instead(asked({"kind": "pan", "position": -0.5}, {"kind": "pan", "position": 0.5}))

    for _, a, b in rows(picture):
        assert float(a.replace("−", "-")) > 3 and float(b.replace("−", "-")) < -3


def test_a_swung_rhythm_tells_when_its_slots_begin() -> None:
    hits = {"clap": "1" * 16}
    straight = heard.instead(asked({"kind": "rhythm", "hits": hits}))
    swung = heard.instead(asked({"kind": "rhythm", "hits": hits, "swing_pct": 60, "bpm": 60}))

    assert "begin at" not in straight.words
    assert swung.words.endswith("The slots of the first beat begin at 0.00, 0.30, 0.50, 0.80 s.")


def test_tempos_are_told_by_the_times_of_their_beats() -> None:
    picture = heard.instead(asked({"kind": "tempo", "bpm": 120}, {"kind": "tempo", "bpm": 120, "change_pct": 20}))

    assert rows(picture)[1:3] == [("2", "0.50", "0.42"), ("3", "1.00", "0.83")]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "interval", "root": 60, "semitones": 6, "direction": "down"}, "C4 and G flat 3"),
        ({"kind": "interval", "root": 60, "semitones": 3, "direction": "together"}, "chord of C4 and E flat 4"),
        ({"kind": "chord", "root": 63, "quality": "m7b5", "inversion": 1}, "E flat|D sharp"),
        ({"kind": "scale", "tonic": 57, "name": "harmonic-minor"}, "A3, B3, C4, D4, E4, F4, G sharp 4 and A4"),
        ({"kind": "degree", "tonic": 62, "degree": "b7"}, "two sharps .*D4 and C5"),
        ({"kind": "progression", "tonic": 60, "numerals": ["I", "bVII", "IV", "I"]}, "“♭VII”"),
        ({"kind": "cadence", "tonic": 60, "mode": "minor", "type": "half"}, "three flats .*“V”"),
        ({"kind": "eq", "freq_hz": 1000, "gain_db": 9}, r"\+9 dB near 1 kHz"),
        ({"kind": "compression", "threshold_db": -20, "ratio": 4}, "Up to −20 dB"),
        ({"kind": "tone", "freq_hz": 1000}, "around 1 kHz"),
    ],
)  # fmt: skip
def test_after_the_answer_it_is_shown_as_it_is_written(given: dict, words: str) -> None:
    picture = heard.after(asked(given))

    assert re.search(words, picture.words), picture.words


def test_where_it_is_asked_which_side_has_it_the_curve_is_that_sides() -> None:
    fields = {"kind": "eq", "freq_hz": 1000, "gain_db": 9}
    picture = heard.after(asked({**fields, "on": True}, {**fields, "on": False}))

    assert "+9 dB near 1 kHz" in picture.words
