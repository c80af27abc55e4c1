"""What the ladders ask: AUDIO 1.4 step by step, the same for the same seed, whole and fair."""

from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from curriculum.ear import bands, credit, ladders
from curriculum.ear.asked import Asked
from curriculum.ear.dice import Dice
from curriculum.synth import spec

STEPS = [(skill, level) for skill, levels in ladders.LEVELS.items() for level in levels]
SEEDS = st.integers(0, 2**32 - 1)
SPREAD = 7_919  # from seed to seed


@cache
def showings(skill: str, level: int, count: int = 60) -> tuple[Asked, ...]:
    return tuple(ladders.ask(skill, level, number * SPREAD) for number in range(count))


def rights(skill: str, level: int, count: int = 60) -> set[str]:
    return {asked.right for asked in showings(skill, level, count)}


def keys_of(asked: Asked) -> list[str]:
    return [choice.key for choice in asked.choices]


@pytest.mark.parametrize("skill", ladders.SKILLS)
def test_every_question_is_whole_and_its_right_answer_alone_is_worth_all(skill):
    for level in ladders.LEVELS[skill]:
        for number, asked in enumerate(showings(skill, level)[:20]):
            assert asked == ladders.ask(skill, level, number * SPREAD)
            assert all(spec.read(one) == one for one in asked.specs)
            assert asked.specs[-1]["kind"] == asked.kind and (asked.skill, asked.level) == (skill, level)
            assert asked.words.endswith(".")
            keys = keys_of(asked)
            assert len(set(keys)) == len(keys) == len({choice.words for choice in asked.choices})
            if keys:
                assert set(asked.right.split() if asked.kind == "eq" else [asked.right]) <= set(keys)
            assert credit.judge(asked, asked.right).credit == 1
            assert all(credit.judge(asked, key).credit < 1 for key in keys[:9] if key != asked.right)


@pytest.mark.parametrize("skill", ladders.SKILLS)
def test_a_pair_shares_all_but_what_is_asked(skill):
    for level in ladders.LEVELS[skill]:
        for asked in showings(skill, level):
            if len(asked.specs) == 2:
                a, b = asked.specs
                apart = {name for name in a if a[name] != b[name]}
                assert apart == ({"change_pct"} if asked.kind == "tempo" else {"on"})


@pytest.mark.parametrize("skill", ladders.SKILLS)
def test_the_right_button_has_no_fixed_place(skill):
    for level in ladders.LEVELS[skill]:
        asked = [one for one in showings(skill, level) if one.answered_by == "choice"]
        places = Counter(keys_of(one).index(one.right) for one in asked)
        if asked:
            assert len(places) > 0.7 * max(len(one.choices) for one in asked)
            assert max(places.values()) < 2.5 * len(asked) / len(places)


@pytest.mark.parametrize("skill", ladders.SKILLS)
def test_pressing_any_button_holds_no_step(skill):
    """Of two choices one in two is right by chance; with more, whoever guesses is led down."""
    for level in ladders.LEVELS[skill]:
        asked = [one for one in showings(skill, level)[:20] if one.answered_by == "choice"]
        by_chance = [credit.judge(one, key).credit for one in asked for key in keys_of(one)]
        few = asked and len(asked[0].choices) == 2
        assert not asked or sum(by_chance) / len(by_chance) < (0.75 if few else ladders.DOWN), (level, by_chance)


def test_the_equaliser_asks_what_audio_says():
    assert rights("eq", 1) == {"250", "1000", "4000"}
    assert rights("eq", 2) == {"125", "250", "500", "1000", "2000", "4000"}
    assert rights("eq", 3) == {"63", "125", "250", "500", "1000", "2000", "4000", "8000", "16000"}
    assert rights("eq", 4) == {f"{sign}{hz}" for sign in "+-" for hz in rights("eq", 3)}
    assert all(one.specs[1]["source"] != "pink" for one in showings("eq", 5))
    assert {key.lstrip("+-") for key in rights("eq", 6, 200)} == {f"{hz:g}" for hz in bands.NAMED_HZ}
    for level, gain, q in ((1, 12, 1.4), (2, 12, 1.4), (3, 9, 1.4), (4, 6, 1.4), (5, 6, 1.4), (6, 6, 4), (7, 3, 2)):
        for asked in showings("eq", level):
            assert {(abs(band["gain_db"]), band["q"], band["type"]) for band in asked.specs[1]["bands"]} == {
                (gain, q, "bell")
            }
    assert ladders.START["eq"] == 3


def test_two_bands_are_an_octave_apart_or_more_and_signed_as_they_sound():
    for asked in showings("eq", 7):
        low, high = asked.specs[1]["bands"]
        assert high["freq_hz"] / low["freq_hz"] > 1.98
        assert asked.right == " ".join(
            f"{'+' if band['gain_db'] > 0 else '-'}{bands.called(band['freq_hz']):g}" for band in (low, high)
        )


def test_intervals_ask_what_audio_says():
    def asked(level, field):
        return {one.specs[0][field] for one in showings("interval", level, 150) if one.kind == "interval"}

    assert (asked(1, "semitones"), asked(1, "direction")) == ({7, 12}, {"up"})
    assert (asked(2, "semitones"), asked(2, "direction")) == ({4, 5, 7, 12}, {"up"})
    assert (asked(3, "semitones"), asked(3, "direction")) == ({4, 5, 7, 12}, {"up", "down"})
    assert asked(4, "semitones") == {2, 3, 4, 5, 7, 8, 9, 12}
    assert (asked(5, "semitones"), asked(5, "direction")) == ({2, 3, 4, 5, 7, 8, 9, 12}, {"together"})
    assert (asked(6, "semitones"), asked(6, "direction")) == (set(range(13)), {"up", "down", "together"})
    assert asked(7, "semitones") == set(range(13, 25))
    assert {one.kind for one in showings("interval", 7)} == {"interval", "degree"}
    assert min(asked(6, "root")) < 48 and max(asked(6, "root")) > 72
    assert min(asked(4, "root")) == 48 and max(asked(4, "root")) == 72


def test_chords_ask_what_audio_says():
    assert rights("chord", 1) == {"maj", "min"}
    assert rights("chord", 2) == {"maj", "min", "dim", "aug"}
    assert rights("chord", 3) == {f"{quality}/{inversion}" for quality in ("maj", "min") for inversion in range(3)}
    assert rights("chord", 4) == {"maj7", "7", "m7", "m7b5"}
    assert rights("chord", 5) == {"maj7", "7", "m7", "m7b5", "sus2", "sus4"}
    assert {one.kind for one in showings("chord", 6)} == {"cadence"}
    assert {one.kind for one in showings("chord", 7)} == {"progression"}
    assert all(len(one.right.split()) == 4 for one in showings("chord", 7))


def test_there_are_no_more_buttons_than_a_hand_can_choose_from():
    most = {"interval": 8, "degree": 8, "scale": 8, "chord": 6}
    for skill, level in STEPS:
        for asked in showings(skill, level):
            assert asked.answered_by != "choice" or 2 <= len(asked.choices) <= most.get(skill, 9)


def test_each_showing_has_another_root_and_timbre():
    asked = showings("interval", 4, 150)

    assert {one.specs[0]["timbre"] for one in asked} == {"sine", "triangle", "organ", "pluck", "keys"}
    assert {one.specs[0]["root"] for one in asked} == set(range(48, 73))
    assert {one.specs[0]["noise_seed"] for one in showings("eq", 3, 200)} == set(range(16))


def test_the_loop_of_the_fifth_step_can_be_heard_where_it_is_changed():
    for asked in showings("eq", 5):
        if asked.specs[1]["source"] == "bass":
            assert asked.specs[1]["bands"][0]["freq_hz"] <= 4000


@pytest.mark.parametrize(("skill", "level"), [("opera", 1), ("eq", 0), ("eq", 8), ("chord", -1)])
def test_a_step_that_there_is_not_is_refused(skill, level):
    with pytest.raises(Refused, match="ladder"):
        ladders.ask(skill, level, 1)


@pytest.mark.parametrize(
    ("credits", "advice"),
    [
        ([], ""),
        ([1] * 16, ""),
        ([1] * 17, "up"),  # three wrong ones to come would leave 0.85
        ([0] * 8, ""),
        ([0] * 9, "down"),  # eleven right ones to come would not be 0.6
        ([1] * 17 + [0] * 3, "up"),
        ([1] * 16 + [0] * 4, ""),
        ([0.85] * 20, "up"),
        ([0.6] * 20, ""),
        ([0.59] * 20, "down"),
        ([0] * 20 + [1] * 20, "up"),
        ([0] * 20 + [1] * 17, ""),  # twenty are not full again, and the newest say something else
        ([0] * 20 + [0.5] * 5, "down"),  # still so
        ([1] * 20 + [0] * 4, ""),
        ([0.7] * 20 + [1] * 17, ""),  # a lucky run between two looks
    ],
)
def test_advice_comes_from_the_last_twenty(credits, advice):
    assert ladders.advice(credits) == advice


@given(st.lists(st.sampled_from([0, 0.33, 0.67, 1]), max_size=19))
@settings(max_examples=60, deadline=None)
def test_advice_before_twenty_is_what_twenty_would_say_whatever_comes(credits):
    early = ladders.advice(credits)
    missing = 20 - len(credits)

    if early == "up":
        assert ladders.advice(credits + [0] * missing) == "up"
    if early == "down":
        assert ladders.advice(credits + [1] * missing) == "down"


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_dice_fall_alike_and_stay_in_their_range(seed):
    one, other = Dice(seed), Dice(seed)

    assert [one.number(3, 9) for _ in range(20)] == [other.number(3, 9) for _ in range(20)]
    assert sorted(one.shuffled(range(7))) == list(range(7))
    assert all(3 <= one.number(3, 9) <= 9 for _ in range(20))
    some = one.some("abcdefgh", 3)
    assert len(some) == 3 and some == sorted(some)
    among = one.among("abcdefgh", "e", 4)
    assert len(among) == 4 and "e" in among and among == sorted(among)


def test_the_dice_of_a_seed_never_change():
    """A showing is replayed from its seed: these numbers are from Python 3.11 and are promised by `random.random()`."""
    dice = Dice(2026)

    assert [dice.number(1, 100) for _ in range(8)] == [12, 51, 52, 87, 11, 23, 61, 56]
