"""What was set, clicked or tapped becomes the key that is judged; another answer can be heard, too."""

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from curriculum import showing
from curriculum.ear import answer_form, chosen
from curriculum.ear.asked import Asked, Choice
from curriculum.synth import spec
from tests.curriculum import sounding_content
from tests.curriculum.sounding_content import SOUNDING


def asked(right: str, *specs: Any, by: str = "choice", choices: tuple[str, ...] = ()) -> Asked:
    sounds = tuple(map(spec.read, specs))
    some = tuple(Choice(key, key) for key in choices)
    return Asked(sounds[0]["kind"], 0, sounds[0]["kind"], sounds, right, "", by, some)


def sent(**fields: Any) -> Any:
    return lambda name: fields.get(name, [])


EQ = asked("+1000", {"kind": "eq"}, by="axis")
TWO = asked("+250 -4000", {"kind": "eq", "bands": [{"freq_hz": 250}, {"freq_hz": 4000, "gain_db": -6}]}, by="axis")
RHYTHM = asked("kick 1000 1000 1000 1000", {"kind": "rhythm"}, by="tap")


@pytest.mark.parametrize(
    ("question", "fields", "key"),
    [
        (EQ, {}, None),
        (EQ, {"given": [" 7 "]}, "7"),
        (EQ, {"given": [""]}, ""),
        (EQ, {"given": [""], "hz": ["1000"], "sign0": ["+"]}, ""),  # "I do not know" beside the axis
        (EQ, {"hz": ["1250"], "sign0": ["-"]}, "-1250"),
        (TWO, {"hz": ["250", "4000"], "sign0": ["+"], "sign1": ["-"]}, "+250 -4000"),
        (RHYTHM, {"tapped": ["1"]}, "kick 0000 0000 0000 0000"),
        (RHYTHM, {"tapped": ["1"], "slot": ["kick.0", "kick.15", "hat.3", "x"]}, "kick 1000 0000 0000 0001"),
    ],
)
def test_a_form_becomes_a_key(question: Asked, fields: Any, key: str | None) -> None:
    assert answer_form.given(question, sent(**fields)) == key


def test_the_axis_is_even_in_octaves_and_says_engineers_names() -> None:
    axis = answer_form.axis(TWO)

    assert axis.bands == (0, 1) and axis.signs
    assert (axis.stops[0].x, axis.stops[-1].x) == (0, 100)
    assert [stop.words for stop in axis.stops][:3] == ["20 Hz", "25 Hz", "31.5 Hz"]
    octave = [stop.x for stop in axis.stops if stop.key in ("500", "1000", "2000", "4000")]
    assert max(octave[n + 1] - octave[n] for n in range(3)) - min(octave[n + 1] - octave[n] for n in range(3)) < 0.01
    assert not answer_form.axis(asked("1000", {"kind": "tone"}, by="axis")).signs


@pytest.mark.parametrize(
    ("direction", "first", "last"), [("up", "0", "12"), ("down", "12", "0"), ("together", "0", "12")]
)
def test_the_piano_has_the_octave_that_is_asked_for(direction: str, first: str, last: str) -> None:
    keys = answer_form.piano(asked("7", {"kind": "interval", "direction": direction}, by="keyboard"))

    assert (keys[0].answer, keys[-1].answer, len(keys)) == (first, last, 13)
    assert [key.words for key in keys if key.is_first] == ["C4"]
    assert len({key.letter for key in keys}) == 13


@drawn(root=st.integers(48, 72), semitones=st.integers(0, 12), direction=st.sampled_from(("up", "down", "together")))
def test_the_piano_never_tells(root: int, semitones: int, direction: str) -> None:
    def keys(half_steps: int) -> Any:
        sound = {"kind": "interval", "root": root, "direction": direction, "semitones": half_steps}
        return answer_form.piano(asked(str(half_steps), sound, by="keyboard"))

    assert keys(semitones) == keys(7)
    assert str(semitones) in {key.answer for key in keys(semitones)}


@pytest.mark.parametrize(
    ("meter", "slots_per_beat", "counts"),
    [("4/4", 4, [4, 4, 4, 4]), ("3/4", 2, [2, 2, 2]), ("6/8", 2, [1] * 6), ("7/8", 4, [2] * 7)],
)
def test_every_slot_stands_once_in_its_beat(meter: str, slots_per_beat: int, counts: list[int]) -> None:
    sound = {"kind": "rhythm", "meter": meter, "slots_per_beat": slots_per_beat, "bars": 2}
    grid = answer_form.grid(asked("", sound, by="tap"))

    assert [len(beat.slots) for beat in grid.beats] == counts * 2
    assert [slot for beat in grid.beats for slot in beat.slots] == list(range(grid.slots))
    assert grid.slot_ms == pytest.approx(60_000 / 100 / slots_per_beat)


@pytest.mark.parametrize("kind", sorted(set(SOUNDING) - {"compression", "level", "reverb", "eq", "tone", "rhythm"}))
def test_every_other_button_can_be_heard(kind: str) -> None:
    question = showing.show(sounding_content.card(kind), 5).asked
    assert question is not None
    heard = {choice.key: chosen.take(question, choice.key) for choice in question.choices}

    assert heard.pop(question.right) is None
    others = [take.spec for take in heard.values() if take]
    if question.specs[0].get("on") is None or kind not in ("filter", "delay", "drive", "noise-or-tone"):
        assert len(others) == len(heard)
    assert all(one != question.specs[-1] for one in others)


@pytest.mark.parametrize(
    ("question", "key", "bands"),
    [
        (EQ, "-2000", [(2000, -6)]),
        (asked("1000", {"kind": "eq", "gain_db": 9}), "250", [(250, 9)]),
        (TWO, "-500 +8000", [(500, -6), (8000, 6)]),
    ],
)
def test_another_place_on_the_axis_can_be_heard(question: Asked, key: str, bands: list[tuple[float, float]]) -> None:
    take = chosen.take(question, key)

    assert take is not None
    assert [(band["freq_hz"], band["gain_db"]) for band in take.spec["bands"]] == bands


@pytest.mark.parametrize("key", ["", "+1000", "20000", "nonsense", "+1000 +2000", "1e9", "nan"])
def test_what_cannot_sound_is_left_out(key: str) -> None:
    assert chosen.take(EQ, key) is None


@pytest.mark.parametrize(
    ("question", "key", "said"),
    [
        (EQ, "-2000", "cut at 2 kHz"),
        (TWO, "+250 -4000", "boost at 250 Hz and cut at 4 kHz"),
        (asked("7", {"kind": "interval"}, by="keyboard"), "6", "tritone"),
        (asked("440", {"kind": "tone"}, by="typed"), "900", "900 Hz"),
        (asked("440", {"kind": "tone"}, by="typed"), "high", "high"),
    ],
)
def test_an_answer_is_said_in_words(question: Asked, key: str, said: str) -> None:
    assert chosen.words(question, key) == said
