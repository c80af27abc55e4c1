"""Notes are in tune to a tenth of a cent, begin on their sample, and chords follow one another as voices."""

import math
from itertools import combinations, pairwise, product

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.synth import pitched, render, timbres, voices
from curriculum.synth.fields import RATES, TIMBRES
from curriculum.synth.notes import chord_notes, degree_step, home, notes
from curriculum.synth.spec import read
from curriculum.theory.steps import CADENCES, CHORDS, SCALES
from tests.curriculum.synth.any_spec import NUMERALS
from tests.curriculum.synth.listening import cents, hertz, pitch_near, strengths

IN_TUNE = 0.1  # cents
LEAD = 0.02  # s of silence before the first note


def raw(**values):
    spec = read(values)
    return pitched.MAKERS[spec["kind"]](spec)[:, 0]


def heard(**values):
    spec = read(values)
    return render.pcm(spec)[:, 0], spec["rate"]


def out_of_tune(sound, rate, fundamental, most=40):
    """Cents by which each partial that can be heard is off, by its number."""
    top = min(most, int(0.45 * rate / fundamental))
    levels = strengths(sound, rate, fundamental * numpy.arange(1, top + 1))
    loud = [n for n, level in enumerate(levels, 1) if level > 1e-3 * max(levels)]
    return {n: cents(pitch_near(sound, rate, n * fundamental), n * fundamental) for n in loud}


# -- in tune -------------------------------------------------------------------------------------------------


def test_the_measure_of_pitch_finds_a_twentieth_of_a_cent():
    t = numpy.arange(44_100) / 44_100
    sharp = 440 * 2 ** (0.05 / 1200)

    assert cents(pitch_near(numpy.sin(2 * math.pi * sharp * t), 44_100, 440), 440) == pytest.approx(0.05, abs=0.001)


@pytest.mark.parametrize(("timbre", "rate"), [*((one, RATES[0]) for one in TIMBRES), ("keys", RATES[1])])
@pytest.mark.parametrize("midi", [36, 61, 108])
def test_every_partial_of_every_timbre_is_in_tune(timbre, rate, midi):
    sound = timbres.note(timbre, midi, 1.5, rate, seed=3)[round(0.01 * rate) : round(1.2 * rate)]

    off = out_of_tune(sound, rate, hertz(midi))

    assert 1 in off and max(map(abs, off.values())) <= IN_TUNE, off
    assert len(off) >= {"sine": 1, "triangle": 3, "organ": 6, "pluck": 6, "keys": 4}[timbre] or midi > 60


@pytest.mark.parametrize("timbre", TIMBRES)
def test_nothing_lies_between_the_partials(timbre):
    """What is too high for the rate would come down again between them."""
    rate = 44_100
    sound = timbres.note(timbre, 103, 1.0, rate)[round(0.05 * rate) : round(0.9 * rate)]
    levels = numpy.abs(numpy.fft.rfft(sound * numpy.blackman(len(sound))))
    hz = numpy.fft.rfftfreq(len(sound), 1 / rate)
    away = numpy.abs(hz / hertz(103) - numpy.rint(hz / hertz(103))) * hertz(103)

    assert levels[away > 100].max() < 1e-4 * levels.max()
    assert levels[hz > 16_500].max() < 1e-4 * levels.max()


@pytest.mark.parametrize(("direction", "semitones"), [("up", 7), ("down", 3), ("together", 4)])
def test_both_notes_of_an_interval_are_in_tune_in_the_finished_sound(direction, semitones):
    for timbre in TIMBRES:
        sound, rate = heard(
            kind="interval", semitones=semitones, direction=direction, timbre=timbre, note_s=1, gap_s=0.1
        )
        other = 60 - semitones if direction == "down" else 60 + semitones
        start = 0 if direction == "together" else 1.1
        for midi, at in ((60, 0), (other, start)):
            note = sound[round((LEAD + at + 0.05) * rate) : round((LEAD + at + 0.95) * rate)]
            assert abs(cents(pitch_near(note, rate, hertz(midi)), hertz(midi))) <= IN_TUNE


@pytest.mark.parametrize("name", SCALES)
def test_every_note_of_a_scale_is_in_tune(name):
    sound, rate = heard(kind="scale", name=name, tonic=50, note_s=0.4)
    for number, step in enumerate((*SCALES[name], 12)):
        at = LEAD + 0.4 * number
        note = sound[round((at + 0.02) * rate) : round((at + 0.36) * rate)]
        assert abs(cents(pitch_near(note, rate, hertz(50 + step)), hertz(50 + step))) <= IN_TUNE
    assert len(sound) == pytest.approx((2 * LEAD + 0.4 * (len(SCALES[name]) + 1)) * rate, abs=2)


@pytest.mark.parametrize("quality", CHORDS)
def test_every_note_of_a_chord_is_in_tune(quality):
    for inversion, voicing in ((0, "close"), (1, "open"), (2, "drop2")):
        sound, rate = heard(
            kind="chord", quality=quality, inversion=inversion, voicing=voicing, timbre="sine", note_s=2
        )
        for midi in chord_notes(60, quality, inversion, voicing):
            found = pitch_near(sound[2_000:-3_000], rate, hertz(midi), window_s=0.4)
            assert abs(cents(found, hertz(midi))) <= IN_TUNE


@pytest.mark.parametrize(("freq_hz", "harmonics"), [(20, 8), (63.5, 0), (1000, 3), (4999.9, 8), (16000, 8)])
def test_a_tone_has_its_frequency_and_the_harmonics_asked_for(freq_hz, harmonics):
    sound, rate = heard(kind="tone", freq_hz=freq_hz, harmonics=harmonics)

    off = out_of_tune(sound[1_000:-1_000], rate, freq_hz, most=12)

    assert max(map(abs, off.values())) <= IN_TUNE
    assert list(off) == [n for n in range(1, harmonics + 2) if n == 1 or n * freq_hz <= 0.45 * rate]


def test_a_degree_stands_against_the_major_scale_of_its_tonic():
    for degree, step in (("1", 0), ("b3", 3), ("#4", 6), ("5", 7), ("b7", 10), ("7", 11)):
        assert degree_step(degree) == step
        for context in ("cadence", "none", *(["drone"] if degree == "b3" else [])):  # the others are in the drone too
            spec = read({"kind": "degree", "tonic": 62, "degree": degree, "context": context, "note_s": 1})
            last = notes(spec)[-1]
            sound, rate = render.pcm(spec)[:, 0], spec["rate"]
            note = sound[round((LEAD + last.at_s + 0.1) * rate) : round((LEAD + last.at_s + 0.9) * rate)]
            assert last.midi == 62 + step
            assert abs(cents(pitch_near(note, rate, hertz(62 + step)), hertz(62 + step))) <= IN_TUNE


def test_a_key_that_is_known_needs_one_chord_only():
    fresh, known = (notes(read({"kind": "degree", "new_key": new})) for new in (True, False))

    assert len(fresh) == 17 and len(known) == 5
    assert fresh[-5:-1] != known[:4] and {note.midi % 12 for note in known[:4]} == {0, 4, 7}


# -- on time -------------------------------------------------------------------------------------------------


def onset(sound, after, rate):
    """The first sample that is not silent, from `after` seconds on."""
    begin = round(after * rate)
    return begin + int(numpy.argmax(numpy.abs(sound[begin:]) > 1e-12))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(TIMBRES), st.sampled_from(RATES), st.floats(0.15, 2.5), st.floats(0.001, 0.5))
def test_a_note_begins_on_its_sample(timbre, rate, note_s, gap_s):
    spec = read({"kind": "interval", "timbre": timbre, "rate": rate, "note_s": note_s, "gap_s": gap_s})
    sound = pitched.played(spec)[:, 0]

    first, second = onset(sound, 0, rate), onset(sound, LEAD + spec["note_s"] + spec["gap_s"] / 2, rate)

    assert 0 <= first - round(LEAD * rate) <= 1  # a note begins with a sample of silence
    assert 0 <= second - round((LEAD + spec["note_s"] + spec["gap_s"]) * rate) <= 1 + 1


def test_a_strum_goes_up_from_the_bass():
    spec = read({"kind": "chord", "quality": "m7", "strum_ms": 60, "timbre": "sine", "bass": 36})
    played = notes(spec)

    assert [note.midi for note in played] == [36, 60, 63, 67, 70]
    assert [round(note.at_s, 3) for note in played] == [0, 0.06, 0.12, 0.18, 0.24]
    assert len({round(note.at_s + note.seconds, 6) for note in played}) == 1


@pytest.mark.parametrize(("style", "per_chord"), [("block", 4), ("arpeggio", 1 + 8)])
def test_chords_of_a_progression_change_on_the_beat(style, per_chord):
    spec = read({"kind": "progression", "bpm": 90, "beats_per_chord": 4, "style": style, "tonic": 48})
    played = notes(spec)

    assert len(played) == 4 * per_chord
    basses = [note for note in played if note.loud > 1]
    assert [note.at_s for note in basses] == pytest.approx([0, 4 * 60 / 90, 8 * 60 / 90, 12 * 60 / 90])
    assert [note.midi % 12 for note in basses] == [0, 7, 9, 5]
    assert len(render.pcm(spec)) == pytest.approx((16 * 60 / 90 + 2 * LEAD) * spec["rate"], abs=2)


# -- which notes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("quality", "voicing"), [*product(CHORDS, ("close", "open", "drop2"))])
def test_the_note_of_the_inversion_lies_lowest_in_every_voicing(quality, voicing):
    for inversion in range(min(4, len(CHORDS[quality]))):
        found = chord_notes(60, quality, inversion, voicing)

        assert found[0] == 60 + CHORDS[quality][inversion]
        assert {note % 12 for note in found} == {step % 12 for step in CHORDS[quality]}
        assert len(found) == len(CHORDS[quality]) and found == sorted(set(found))
        assert found[-1] - found[0] <= 26


def test_a_scale_comes_down_as_it_went_up_and_may_be_shorter():
    up, down = ([note.midi for note in notes(read({"kind": "scale", "direction": way}))] for way in ("up", "down"))
    short = [note.midi for note in notes(read({"kind": "scale", "name": "dorian", "steps": 4}))]
    long = [note.midi for note in notes(read({"kind": "scale", "direction": "down", "steps": 9}))]

    assert up == [60, 62, 64, 65, 67, 69, 71, 72] == down[::-1]
    assert short == [60, 62, 63, 65, 67]
    assert long == [72, 71, 69, 67, 65, 64, 62, 60, 59, 57]


@pytest.mark.parametrize("mode", NUMERALS)
def test_no_voices_go_in_parallel_fifths_or_octaves(mode):
    for first, second in product(NUMERALS[mode], NUMERALS[mode]):
        old, new = voices.led((first, second), mode)
        for low, high in combinations(range(4), 2):
            step = new[low] - old[low]
            is_parallel = step and step == new[high] - old[high] and (old[high] - old[low]) % 12 in (0, 7)
            assert not is_parallel, (first, second, old, new)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(NUMERALS)).flatmap(
        lambda mode: st.tuples(st.just(mode), st.lists(st.sampled_from(NUMERALS[mode]), min_size=2, max_size=8))
    )
)
def test_a_progression_has_all_its_notes_and_no_wild_leaps(drawn):
    mode, numerals = drawn
    led = voices.led(tuple(numerals), mode)

    for numeral, voicing in zip(numerals, led, strict=True):
        chord = voices.chord(numeral, mode)
        missing = set(chord.notes) - {note % 12 for note in voicing}
        assert voicing[0] % 12 == chord.bass and list(voicing) == sorted(set(voicing))
        assert missing <= {chord.fifth}
    for old, new in pairwise(led):
        assert max(abs(b - a) for a, b in zip(old[1:], new[1:], strict=True)) <= 9


@pytest.mark.parametrize(("mode", "type_"), [*product(CADENCES, CADENCES["major"])])
def test_a_cadence_sounds_like_one(mode, type_):
    led = voices.led(CADENCES[mode][type_], mode, is_cadence=True)

    before, last = led[-2:]
    assert {note % 12 for note in last} >= {"half": {7, 11, 2}}.get(type_, {0})
    if type_ in ("authentic", "plagal"):
        assert last[3] % 12 == 0 and last[0] % 12 == 0
    if type_ in ("authentic", "deceptive"):
        assert {note % 12 for note in before} == {7, 11, 2}
        leading = [voice for voice, note in enumerate(before) if note % 12 == 11]
        assert [last[voice] - before[voice] for voice in leading] == [1]


def test_a_seventh_comes_down():
    for numerals in (("V7", "I"), ("I", "V7", "I"), ("ii7", "V7", "I"), ("IV", "V65", "I"), ("V7/ii", "ii")):
        *_, before, last = voices.led(numerals, "major")
        seventh = before.index(
            next(note for note in before if note % 12 == voices.chord(numerals[-2], "major").seventh)
        )

        assert last[seventh] - before[seventh] in (-1, -2)


def test_chords_of_a_key_lie_in_the_middle_whatever_octave_was_drawn():
    for tonic in range(36, 85):
        played = notes(read({"kind": "cadence", "tonic": tonic}))
        assert 55 <= home(tonic) <= 66 and (home(tonic) - tonic) % 12 == 0
        assert all(40 <= note.midi <= 82 for note in played)
