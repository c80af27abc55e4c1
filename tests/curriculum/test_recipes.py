"""Recipes of sounding cards: what an author writes, what must be mended, and what is asked each time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.calculation import number_of
from curriculum.ear import alike, draw, ladders, proof, recipe_text
from curriculum.ear.recipe import Recipe
from curriculum.synth import spec
from curriculum.synth.fields import KINDS
from tests.curriculum.sounding_content import LADDER_SKILLS, LADDERS, SHOWING, SOUNDING, card, ladder

SEEDS = st.integers(0, 2**63 - 1)
KIND = st.sampled_from(sorted(SOUNDING))

EQ = "kind: eq\nfreq_hz: 250, 1000, 4000\ngain_db: 9\nask: freq_hz"
INTERVAL = "kind: interval\nsemitones: 5, 7\nask: semitones"


def recipe(type_: str, text: str) -> Recipe:
    made, faults = recipe_text.read(type_, text)
    assert faults == []
    return made[0]


def fault(type_: str, text: str) -> recipe_text.Fault:
    made, faults = recipe_text.read(type_, text)
    assert made == []
    return faults[0]


# -- what is asked -----------------------------------------------------------------------------------------------


def test_every_kind_of_sound_has_its_card() -> None:
    assert set(SOUNDING) == set(KINDS)
    assert set(SHOWING) == {"notation", "keyboard", "pianoroll"}


@given(KIND, SEEDS)
@settings(max_examples=200)
def test_the_same_seed_asks_the_same_and_every_sound_can_be_made(kind: str, seed: int) -> None:
    made = card(kind)
    assert made.sounding is not None

    asked = draw.ask(made.sounding, seed, made.id)

    assert asked == draw.ask(made.sounding, seed, made.id)
    assert [spec.read(one) for one in asked.specs] == list(asked.specs)
    assert len(asked.specs) == (2 if made.sounding.pair else 1)
    assert asked.words.endswith(".")


@given(KIND, SEEDS)
@settings(max_examples=200)
def test_the_right_answer_is_among_buttons_that_all_say_something_else(kind: str, seed: int) -> None:
    made = card(kind)
    assert made.sounding is not None

    asked = draw.ask(made.sounding, seed, made.id)

    if asked.answered_by != "choice":
        assert asked.choices == ()
    else:
        assert asked.right in [choice.key for choice in asked.choices]
        assert len({choice.words for choice in asked.choices}) == len(asked.choices) <= 8


@given(st.sampled_from(sorted(LADDERS)), SEEDS, st.data())
@settings(max_examples=100)
def test_each_step_of_a_ladder_asks_at_its_level(skill: str, seed: int, data: st.DataObject) -> None:
    step = data.draw(st.sampled_from(ladder(skill)))
    assert step.sounding is not None

    asked = draw.ask(step.sounding, seed, step.id)

    assert (asked.skill, asked.level) == (skill, step.level)
    assert asked == draw.ask(step.sounding, seed, step.id)
    assert [spec.read(one) for one in asked.specs] == list(asked.specs)


def test_of_many_answers_eight_are_shown_and_the_right_one_stands_anywhere() -> None:
    many = recipe("sound-interval", "kind: interval\nsemitones: 1..12\nask: semitones")
    asked = [draw.ask(many, seed, "aaaaaa") for seed in range(1500)]

    places = [[choice.key for choice in one.choices].index(one.right) for one in asked]

    assert {len(one.choices) for one in asked} == {8}
    assert all(130 < places.count(place) < 250 for place in range(8))
    assert {one.right for one in asked} == {str(half_steps) for half_steps in range(1, 13)}


def test_root_and_timbre_change_though_nobody_wrote_them() -> None:
    specs = [draw.ask(recipe("sound-interval", INTERVAL), seed, "aaaaaa").specs[0] for seed in range(400)]

    assert {one["root"] for one in specs} == set(range(48, 73))
    assert len({one["timbre"] for one in specs}) == 5
    assert {one["noise_seed"] for one in specs} == {0}


def test_noise_comes_from_a_pool_so_that_a_sound_is_made_once() -> None:
    seeds = {draw.ask(recipe("sound-eq", EQ), seed, "aaaaaa").specs[0]["noise_seed"] for seed in range(300)}

    assert seeds == set(range(16))


def test_a_pair_is_without_and_with_and_differs_in_nothing_else() -> None:
    (plain, raised) = draw.ask(recipe("sound-eq", f"{EQ}\npair: on"), 3, "aaaaaa").specs

    assert plain["on"] is False and raised["on"] is True
    assert {**plain, "on": True} == raised


def test_which_side_has_it_is_now_a_and_now_b() -> None:
    level = card("level").sounding
    assert level is not None
    asked = [draw.ask(level, seed, "aaaaaa") for seed in range(400)]

    for one in asked:
        louder = one.specs["ab".index(one.right)]
        assert louder["on"] is True and one.specs["ba".index(one.right)]["on"] is False
    assert 150 < sum(one.right == "a" for one in asked) < 250


def test_a_tempo_changes_from_a_to_b() -> None:
    tempo = recipe("notation", "kind: tempo\nbpm: 100\nchange_pct: -10, 10\npair: on\nask: change_pct")

    slow, changed = draw.ask(tempo, 1, "aaaaaa").specs

    assert (slow["change_pct"], abs(changed["change_pct"])) == (0, 10)


def test_a_cut_is_told_from_a_boost_by_its_sign() -> None:
    both = recipe("sound-eq", "kind: eq\nfreq_hz: 250, 1000\ngain_db: -6, 6\nask: freq_hz")
    keys = {draw.ask(both, seed, "aaaaaa").right for seed in range(60)}

    assert keys == {"+250", "-250", "+1000", "-1000"}
    assert {choice.words for choice in draw.possible(both)} >= {"boost at 250 Hz", "cut at 1 kHz"}


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("freq_hz: 125..8000 step octave", (125, 250, 500, 1000, 2000, 4000, 8000)),
        ("freq_hz: 1000..2000", (1000, 1250, 1600, 2000)),
        ("freq_hz: 100..200 step 50", (100, 150, 200)),
        ("gain_db: -6, 6", (-6, 6)),
        ("gain_db: 3..6", (3, 4, 5, 6)),
        ("q: 0.5..0.8", (0.5, 0.6, 0.7, 0.8)),
        ("source: pink, drums", ("pink", "drums")),
    ],
)
def test_a_field_holds_one_value_a_list_or_a_range(line: str, values: tuple[object, ...]) -> None:
    name = line.partition(":")[0]
    others = {"freq_hz": "freq_hz: 250, 1000", "gain_db": "gain_db: 9"} | {name: line}
    ask = "freq_hz" if name != "freq_hz" else name

    made = recipe("sound-eq", "\n".join(["kind: eq", *others.values(), f"ask: {ask}"]))

    assert made.values_of(name) == values


def test_how_a_sound_is_played_can_be_asked() -> None:
    assert recipe("sound-interval", "kind: interval\ntimbre: sine, organ\nask: timbre").asks == ("timbre",)


def test_an_authors_words_stand_on_the_buttons_and_are_said_afterwards() -> None:
    made = recipe(
        "sound-interval",
        "kind: interval\nsemitones: 0, 12\nask: semitones\nwords: 0 = the same note; 12 = an octave apart",
    )
    asked = draw.ask(made, 0, "aaaaaa")

    assert [choice.words for choice in asked.choices] == ["the same note", "an octave apart"]
    assert asked.words.startswith(("The same note: ", "An octave apart: "))


# -- what must be mended -----------------------------------------------------------------------------------------

FAULTS = [
    ("sound-eq", "freq_hz: 250, 1000\nask: freq_hz", None, "does not say what sounds"),
    ("sound-eq", "kind: interval\nsemitones: 1, 2", 0, 'has no sound "interval"'),
    ("sound-eq", "kind: wobble", 0, 'has no sound "wobble"'),
    ("sound-eq", f"{EQ}\nroot: 60", 4, 'kind eq has no "root"'),
    ("sound-eq", f"{EQ}\nq: 99", 4, "0.3 to 10"),
    ("sound-eq", f"{EQ}\nq: 1, 1", 4, "stands twice in this list"),
    ("sound-eq", f"{EQ}\nq: 2..1", 4, "holds nothing"),
    ("sound-eq", f"{EQ}\nsource: 1..3", 4, "is no number"),
    ("sound-eq", f"{EQ}\ngain_db: 3", 4, '"gain_db" stands twice'),
    ("sound-eq", f"{EQ}\nq:", 4, '"q" has no value'),
    ("sound-eq", f"{EQ}\nwhat is this", 4, "cannot be read"),
    ("sound-eq", EQ.replace("250, 1000, 4000", "240..1000"), 1, "usual centre"),
    ("sound-eq", EQ.replace("250, 1000, 4000", "100..16000 step 1"), 1, "holds 15901 values"),
    ("sound-eq", EQ.replace("250, 1000, 4000", "250"), 1, "is always the same"),
    ("sound-eq", EQ.replace("ask: freq_hz", "ask: q"), 3, 'asks for "q", which has no line'),
    ("sound-eq", EQ.replace("ask: freq_hz", ""), None, "does not say what it asks"),
    ("sound-eq", f"{EQ}\npair: maybe", 4, '"pair" is "maybe"'),
    ("sound-eq", f"{EQ}\npair: on\non: true, false", 5, "without and with already"),
    ("sound-eq", EQ.replace("ask: freq_hz", "ask: side"), 3, "only be asked of a pair"),
    ("sound-eq", EQ.replace("ask: freq_hz", "ask: side\npair: on\nanswer: axis"), 5, "two buttons"),
    ("sound-eq", EQ.replace("freq_hz", "q").replace("250, 1000, 4000", "1, 2") + "\nanswer: axis", 4, "by axis"),
    ("sound-eq", f"{EQ}\nanswer: shout", 4, '"answer" is "shout"'),
    ("sound-eq", f"{EQ}\nbuttons: 9", 4, '"buttons" is "9"'),
    ("sound-eq", f"{EQ}\nwords: 250 = low; 300 = high", 4, '"300" is no answer'),
    ("sound-eq", f"{EQ}\nwords: 250 = low; 1000 = low", 4, 'called "low"'),
    ("sound-eq", f"{EQ}\nwords: low", 4, '"low" cannot be read'),
    ("sound-eq", f"{EQ}\nwords: 250 = a; 250 = b", 4, "two names"),
    ("sound-eq", f"{EQ}\non: false", 3, 'the answers "250" and "1000" sound the same'),
    ("sound-eq", EQ.replace("gain_db: 9", "gain_db: 0"), 3, "sound the same"),
    ("sound-eq", "kind: level\nchange_db: 0\npair: on\nask: side", 2, "both sides of this pair sound the same"),
    ("sound-eq", "kind: level\nchange_db: 1, 3\nask: change_db", 2, "beside what it was before"),
    ("sound-interval", f"{INTERVAL}\npair: on", 3, "has no without and with"),
    ("sound-interval", f"{INTERVAL}\nanswer: tap", 3, "by tap"),
    ("sound-interval", "kind: degree\ndegree: #1, b2\nask: degree", 2, "sound the same"),
    ("sound-interval", "kind: scale\nname: natural-minor, harmonic-minor\nsteps: 5\nask: name", 3, "sound the same"),
    ("sound-chord", "kind: chord\nquality: sus2, sus4\ninversion: 0, 1\nask: quality, inversion", 3, "sound the same"),
    ("sound-chord", "kind: chord\nquality: maj, 7\ninversion: 3\nask: quality", 2, "some of its draws are no sound"),
    ("sound-chord", "kind: chord\nquality: maj, min\nroot: 60, 61\nask: quality, root", 3, "asks for two things"),
    ("sound-chord", "kind: progression\nnumerals: I IV, V I\nask: numerals", 2, "sound the same"),
    ("sound-chord", "kind: chord\nquality: sus2, sus4\ninversion: 0, 1\nask: quality", 3, "sound the same"),
    ("sound-interval", f"{INTERVAL.replace('ask: semitones', 'ask: root')}\nroot: 60, 61", 2, "sound the same"),
    ("sound-eq", "ladder: interval", 0, 'type sound-eq has no ladder "interval"'),
    ("sound-eq", "ladder: juggling", 0, 'there is no ladder "juggling"'),
    ("sound-eq", "ladder: eq\nlevels: 3..9", 1, '"levels" is "3..9"'),
    ("sound-eq", "ladder: eq\nq: 2", 1, 'it has no "q"'),
]


@pytest.mark.parametrize(("type_", "text", "line", "says"), FAULTS)
def test_what_is_wrong_is_told_with_its_line_and_how_to_mend_it(
    type_: str, text: str, line: int | None, says: str
) -> None:
    found = fault(type_, text)

    assert says in found.text
    assert (found.part, found.line) == ("answer", line)
    assert found.text[-1] in ".?!" and found.mend[:1].isupper()


@given(st.sampled_from(sorted(recipe_text.KINDS_OF)), st.text(max_size=120))
def test_nothing_that_an_author_types_breaks_the_reading(type_: str, text: str) -> None:
    made, faults = recipe_text.read(type_, text)

    assert bool(made) != bool(faults)


@given(KIND, st.data())
@settings(max_examples=150, deadline=None)
def test_what_was_proven_with_few_draws_holds_with_any(kind: str, data: st.DataObject) -> None:
    """Recipes made at random from a kind's fields: whatever passes the quick look is never refused later."""
    known = draw.fields_of(kind)
    name = data.draw(
        st.sampled_from([one for one in known if one not in ("rate", "channels", "noise_seed", "seconds")])
    )
    pool = {str(value) for made in SOUNDING.values() for value in made[2].replace(",", "\n").split()}
    values = data.draw(st.lists(st.sampled_from(sorted(pool)), min_size=2, max_size=4, unique=True))
    type_ = next(one for one, kinds in recipe_text.KINDS_OF.items() if kind in kinds)

    made, _ = recipe_text.read(type_, f"kind: {kind}\n{name}: {', '.join(values)}\nask: {name}")

    for one in made:
        for seed in range(5):
            asked = draw.ask(one, seed, "aaaaaa")
            assert asked.right in [choice.key for choice in asked.choices]


def test_a_ladder_gives_all_its_steps_or_those_that_are_wanted() -> None:
    whole, _ = recipe_text.read("sound-eq", "ladder: eq")
    low, _ = recipe_text.read("sound-eq", "ladder: eq\nlevels: 1..2")

    assert [one.level for one in whole] == list(ladders.LEVELS["eq"])
    assert [one.level for one in whole if one.joins] == [ladders.START["eq"]]
    assert [(one.level, one.joins) for one in low] == [(1, False), (2, True)]


@pytest.mark.parametrize("skill", ladders.SKILLS)
def test_every_ladder_has_a_type_of_card(skill: str) -> None:
    types = [one for one, kinds in recipe_text.KINDS_OF.items() if skill in kinds]

    assert len(types) == 1
    assert recipe_text.read(types[0], f"ladder: {skill}")[1] == []


@pytest.mark.parametrize("kind", sorted(SOUNDING))
def test_the_fixtures_pass_the_long_look_too(kind: str) -> None:
    made = card(kind).sounding

    assert made is not None and proof.first_fault(made, 60) is None


def test_sounds_that_differ_are_not_taken_for_the_same() -> None:
    for kind in SOUNDING:
        made = card(kind).sounding
        assert made is not None
        if made.asks != ("side",):
            heard = [alike.heard(one) for _, one in draw.variants(made, number_of(1, "x"))]
            assert len(set(heard)) == len(heard), kind


def test_the_types_of_ladder_cards_in_the_fixtures_fit() -> None:
    assert {skill: LADDER_SKILLS[skill] for skill in LADDERS} == LADDER_SKILLS
