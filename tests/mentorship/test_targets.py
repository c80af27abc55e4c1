"""A milestone's targets beside the meter's figures."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markupsafe import Markup

from curriculum.content import Evidence, Library, Milestone, Target
from mentorship import targets
from mentorship.targets import Heard, Reading


def heard(item: str = "mix", number: int = 2, **figures: Any) -> Heard:
    return Heard(item, "Night bus", number, "ready", figures=figures)


@pytest.fixture
def mix(library: Library) -> Milestone:
    """Takes a mix, another one, and, if one likes, a third."""
    base = library.milestones["first-beat"]
    item = base.evidence[0]
    return replace(
        base,
        evidence=(
            replace(item, id="mix", title="Mix"),
            replace(item, id="dry", title="Dry mix"),
            replace(item, id="more", title="More", is_option=True),
        ),
    )


def read(milestone: Milestone, *shown: Heard, measure: str = "integrated", **bounds: Any) -> Reading:
    return targets.read(Target("t", "T", measure, bounds.pop("of", ("mix",)), **bounds), milestone, shown)


LENGTH = {"lowest": 60.0, "highest": 90.0}
WINDOW = {"lowest": -16.0, "highest": -8.0}


@pytest.mark.parametrize(
    ("measure", "value", "bounds", "state", "note"),
    [
        ("integrated", -9.2, WINDOW, "met", "−9.2 LUFS"),
        ("integrated", -8.0, WINDOW, "met", "−8.0 LUFS"),
        ("integrated", -6.8, WINDOW, "not met", "−6.8 LUFS, 1.2 LU louder than the target window"),
        ("integrated", -18.1, WINDOW, "not met", "−18.1 LUFS, 2.1 LU quieter than the target window"),
        ("true_peak", -0.4, {"highest": -1.0}, "not met", "−0.4 dBTP, 0.6 dB above −1.0 dBTP"),
        ("true_peak", -0.96, {"highest": -1.0}, "not met", "−0.96 dBTP, 0.04 dB above −1.0 dBTP"),
        ("true_peak", -0.9999, {"highest": -1.0}, "not met", "−1.00 dBTP, less than 0.01 dB above −1.0 dBTP"),
        ("sample_peak", 0.0, {"highest": 0.0}, "met", "0.0 dBFS"),
        ("seconds", 72.48, LENGTH, "met", "1:12.480"),
        ("seconds", 93.25, LENGTH, "not met", "1:33.250, 3.25 s longer than the target window"),
        ("seconds", 3.0, LENGTH | {"lowest": 120.0}, "not met", "0:03, 1:57 shorter than the target window"),
        ("bits", 16, {"lowest": 24.0}, "not met", "16 bit, 8 bit below 24 bit"),
        ("rate", 96000, {"one_of": (44100.0, 48000.0)}, "not met", "96 kHz, not 44.1 kHz or 48 kHz"),
        ("rate", 44100, {"one_of": (44100.0, 48000.0)}, "met", "44.1 kHz"),
        ("clips", 0, {"highest": 0.0}, "met", "no clipping"),
        ("clips", 3, {"highest": 0.0}, "not met", "3 clipped places; 0 is the most"),
        ("correlation", -0.2, {"lowest": 0.01}, "not met", "−0.20, 0.21 below +0.01"),
        ("range", 7.4, {}, "met", "7.4 LU"),
        ("channels", 2, {}, "met", "stereo"),
    ],
)  # fmt: skip
def test_a_figure_stands_beside_its_window_in_words(mix, measure, value, bounds, state, note):
    found = read(mix, heard(**{measure: value}), measure=measure, **bounds)

    assert (found.state, found.note) == (state, f"Night bus, V2: {note}")
    assert [(one["measure"], one["value"], one["number"]) for one in found.figures] == [(measure, value, 2)]


def test_it_must_hold_for_each_of_several(mix):
    found = read(mix, heard(integrated=-9.0), heard("dry", 1, integrated=-5.0), of=("mix", "dry"), **WINDOW)

    assert found.state == "not met"
    assert found.note == "Night bus, V2: −9.0 LUFS; Night bus, V1: −5.0 LUFS, 3.0 LU louder than the target window"


@pytest.mark.parametrize(
    ("second", "state", "words"),
    [
        (-14.5, "met", "0.5 LU apart"),
        (-14.0, "met", "alike"),
        (-13.3, "not met", "0.7 LU apart, and 0.5 LU is the most"),
    ],
)
def test_bounces_are_matched_or_apart(mix, second, state, words):
    found = read(mix, heard(integrated=-14.0), heard("dry", 1, integrated=second), of=("mix", "dry"), within=0.5)

    assert found.state == state
    assert found.note.endswith(words)


@pytest.mark.parametrize(("clips", "state"), [(2, "met"), (1, "met"), (3, "not met")])
def test_no_more_clipping_than_there_was(mix, clips, state):
    found = read(mix, heard(clips=clips), heard("dry", 1, clips=2), measure="clips", no_more_than="dry")

    assert found.state == state
    assert ("“Dry mix” has 2" in found.note) == (state == "not met")


@pytest.mark.parametrize(("below", "state"), [(5, "met"), (6, "not met")])
def test_a_bound_may_hold_for_most_of_the_time(mix, below, state):
    one = replace(heard(correlation=0.5), correlation=[-0.1] * below + [0.6] * (100 - below) + [None])

    found = read(mix, one, measure="correlation", lowest=0.01, share=0.95)

    assert found.state == state
    assert f"{100 - below} % of the time" in found.note


@pytest.mark.parametrize(
    ("shown", "note"),
    [
        ([], "no sound stands for “Mix”"),
        ([replace(heard(), state="")], "no sound stands for “Mix”"),
        ([replace(heard(), state="waiting")], "Not measured yet: Night bus, V2."),
        ([replace(heard(), state="measuring")], "Not measured yet: Night bus, V2."),
        ([replace(heard(), state="failed", reason="It ends early.")], "V2 could not be measured: It ends early."),
        ([heard(integrated=None, reasons={"integrated": "it is silent"})], "V2: it is silent."),
        ([heard()], "the meter has no figure for it."),
    ],
)
def test_without_a_figure_the_learners_word_holds(mix, shown, note):
    found = read(mix, *shown, **WINDOW)

    assert (found.state, found.figures) == ("", ())
    assert note in found.note


def test_what_is_only_welcome_may_be_missing(mix):
    assert read(mix, heard(integrated=-9.0), of=("mix", "more"), **WINDOW).state == "met"


def test_a_target_without_a_measure_is_nobodys_figure(mix):
    assert read(mix, heard(integrated=-9.0), measure="") == Reading("")


@given(value=some.floats(-60, 6), low=some.floats(-60, 6), width=some.floats(0, 30))
def test_a_miss_always_says_by_how_much(value, low, width):
    base = Milestone(1, "m", "M", "Make", 1, (), (), (Evidence("beat", "audio", "Beat"),), (), {}, Markup(""))
    target = Target("t", "T", "integrated", ("beat",), lowest=low, highest=low + width)

    found = targets.read(target, base, [heard("beat", integrated=value)])

    assert (found.state == "met") == (low - 1e-6 <= value <= low + width + 1e-6)
    assert ("than the target window" in found.note) == (found.state == "not met")
    assert ", 0.0 LU" not in found.note
    assert ", 0.00 LU" not in found.note


def test_every_measured_target_of_the_course_can_be_met_and_missed(library):
    """Each names evidence that can hold sound, and bounds that some figure meets."""
    measured = [(one, target) for one in library.milestones.values() for target in one.targets if target.measure]
    assert len(measured) >= 24

    for milestone, target in measured:
        shown = [heard(item, **_fitting(target)) for item in (*target.of, *filter(None, [target.no_more_than]))]
        shown = [replace(one, correlation=[0.5]) for one in shown]
        assert targets.read(target, milestone, shown).state == "met", target


def _fitting(target: Target) -> dict[str, float]:
    inside = [bound for bound in (target.lowest, target.highest, *target.one_of[:1]) if bound is not None]
    return {target.measure: inside[0] if inside else 1.0}
