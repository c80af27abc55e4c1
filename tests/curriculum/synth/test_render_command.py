"""`render SPEC.json OUT.wav`: an author hears what a card will ask."""

import json

import pytest
import soundfile
from click.testing import CliRunner

from app import COMMANDS
from core.cli import Commands
from curriculum.synth import render as rendering
from curriculum.synth.fields import KINDS
from curriculum.synth.spec import read
from tests.curriculum.synth.listening import cents, hertz, pitch_near


@pytest.fixture
def render(tmp_path):
    def render(spec, *words, out="out.wav"):
        path = tmp_path / "spec.json"
        if spec is not None:
            path.write_text(spec if isinstance(spec, str) else json.dumps(spec), "utf-8")
        commands = Commands(COMMANDS, default="serve", create_app=lambda: None)
        return CliRunner().invoke(commands, ["render", str(path), str(tmp_path / out), *words])

    return render


def test_an_author_gets_the_file_and_the_whole_spec(render, tmp_path):
    done = render({"kind": "tone", "freq_hz": 441})

    assert done.exit_code == 0, done.output
    spec, words = done.output.splitlines()
    assert json.loads(spec) == read({"kind": "tone", "freq_hz": 441})
    assert words == "out.wav: 0:02, −26.0 LUFS, peak −22.3 dBFS"
    sound, rate = soundfile.read(tmp_path / "out.wav", dtype="int16")
    assert (sound == rendering.whole_steps(rendering.pcm(json.loads(spec)))[:, 0]).all()
    assert abs(cents(pitch_near(sound / 32_768, rate, 441), 441)) <= 0.1


def test_a_seed_draws_what_is_left_open_and_always_the_same(render, tmp_path):
    said = [render({"kind": "interval", "timbre": "sine"}, "--seed", seed).output for seed in ("4", "4", "5")]
    first, again, other = (json.loads(words.splitlines()[0]) for words in said)

    assert first == again != other
    assert first["timbre"] == other["timbre"] == "sine" and first["root"] != other["root"]
    sound, rate = soundfile.read(tmp_path / "out.wav")
    note = sound[round(0.1 * rate) : round(0.7 * rate)]
    assert abs(cents(pitch_near(note, rate, hertz(other["root"])), hertz(other["root"]))) <= 0.1


def test_flac_is_lossless_too(render, tmp_path):
    assert render({"kind": "chord"}, out="chord.flac").exit_code == 0
    assert soundfile.info(tmp_path / "chord.flac").format == "FLAC"


def test_silence_has_no_level(render):
    done = render({"kind": "rhythm", "count_in": 0, "hits": {"kick": "0" * 16}})

    assert done.output.endswith("out.wav: 0:02.440, silent\n")


@pytest.mark.parametrize(
    ("spec", "out", "words"),
    [
        ({"kind": "eq", "freq": 1000}, "out.wav", "`freq` is no field of the kind eq. It has: rate"),
        ({"kind": "eq", "gain_db": 16}, "out.wav", "`gain_db` is 16; it can be -15 to 15 dB."),
        ({"kind": "bell"}, "out.wav", "It can be interval, scale"),
        ('{"kind": "eq",\n "q": }', "out.wav", "line 2: this is not JSON (expecting value)."),
        ('{"kind": "eq", "kind": "pan"}', "out.wav", "`kind` stands twice"),
        ('{"kind": "eq", "q": NaN}', "out.wav", "`q` is nan; it can be 0.3 to 10."),
        ("[" * 60_000, "out.wav", "is not JSON"),
        (" " * 100_001, "out.wav", "more than 100 kB"),
        (None, "out.wav", "cannot be opened: no such file or directory"),
        ({"kind": "eq"}, "out.mp3", "End its name in .wav or .flac."),
        ({"kind": "eq"}, "out", "End its name in .wav or .flac."),
        ({"kind": "eq"}, "nowhere/out.wav", "cannot be written: no such file or directory"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(render, tmp_path, spec, out, words):
    done = render(spec, out=out)

    assert done.exit_code == 1 and words in done.stderr
    assert "Traceback" not in done.output and not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_fields_of_a_kind_can_be_listed(render, kind):
    done = render(None, "--fields", kind)

    assert done.exit_code == 0
    assert [line.split()[0] for line in done.output.splitlines() if line[0] != " "] == list(KINDS[kind])


def test_a_list_of_fields_has_ranges_and_defaults(render):
    said = render(None, "--fields", "eq").output

    assert "  gain_db   -15 to 15 dB; default 6\n" in said
    assert "seconds     1 to 8 s; default 3\n" in said
