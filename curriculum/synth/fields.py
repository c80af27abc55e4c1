"""What can sound: every kind with its fields, their ranges, units and defaults. Whoever asks for a range asks here."""

from collections.abc import Mapping, Sequence

from curriculum.synth.field_types import Bands, Field, Flag, Hits, Number, Numerals, OneOf, Word
from curriculum.theory.steps import CADENCES, CHORDS, SCALES

RATES = (44100, 48000)
TIMBRES = ("sine", "triangle", "organ", "pluck", "keys")
SOURCES = ("pink", "white", "drums", "snare", "bass", "keys", "voice", "mix")
COLOURS = ("white", "pink", "brown")
VOICES = ("kick", "snare", "hat", "clap")  # of a rhythm
METERS = {"2/4": 2.0, "3/4": 3.0, "4/4": 4.0, "5/4": 5.0, "6/8": 3.0, "7/8": 3.5}  # quarter notes in a bar
DEGREES = tuple(f"{sign}{number}" for number in range(1, 8) for sign in ("", "b", "#"))  # against the major scale
NOISE_SEEDS = 16  # showings draw from 0 up to 15, so that the cache is hit


def _midi(default: int, meaning: str = "") -> Number:
    return Number(low=36, high=84, is_whole=True, default=default, unit="MIDI (60 is C4)", meaning=meaning)


def _seconds(default: float) -> Number:
    return Number(low=1, high=8, default=default, unit="s")


def _bpm(default: int, meaning: str) -> Number:
    return Number(low=40, high=220, default=default, unit="BPM", meaning=meaning)


MODE = Word(options=tuple(CADENCES), default="major")
TIMBRE = Word(options=TIMBRES, default="keys")
NOTE_S = Number(low=0.15, high=2.5, default=0.8, unit="s", meaning="how long each note is held")
DIRECTION = Word(options=("up", "down", "together"), default="up")

BAND: dict[str, Field] = {
    "type": Word(options=("bell", "low_shelf", "high_shelf"), default="bell"),
    "freq_hz": Number(low=31.5, high=16000, default=1000, unit="Hz"),
    "gain_db": Number(low=-15, high=15, default=6, unit="dB"),
    "q": Number(low=0.3, high=10, default=1.4, meaning="bells only; shelves have slope 1"),
}
PITCHED: dict[str, Field] = {"timbre": TIMBRE, "note_s": NOTE_S}
EFFECT: dict[str, Field] = {
    "source": Word(options=SOURCES, default="pink"),
    "seconds": _seconds(3),
    "on": Flag(default=True, meaning="false: the source as it is"),
}


def _all_kinds(own: Mapping[str, Field], channels: Sequence[int] = (1, 2)) -> dict[str, Field]:
    return {
        "rate": OneOf(options=RATES, default=RATES[0], unit="Hz"),
        "channels": OneOf(options=tuple(channels), default=channels[0]),
        "noise_seed": Number(low=0, high=2**32 - 1, is_whole=True, default=0),
        **own,
    }


KINDS: dict[str, dict[str, Field]] = {
    "interval": _all_kinds(
        {
            "root": _midi(60),
            **PITCHED,
            "semitones": Number(low=0, high=24, is_whole=True, default=7, unit="half steps"),
            "cents": Number(low=-50, high=50, default=0, unit="cents", meaning="the second note out of tune by"),
            "direction": DIRECTION,
            "gap_s": Number(low=0, high=0.5, default=0.05, unit="s", meaning="silence between the notes"),
        }
    ),
    "scale": _all_kinds(
        {
            "tonic": _midi(60),
            **(PITCHED | {"note_s": Number(low=0.15, high=2.5, default=0.4, unit="s")}),
            "name": Word(options=tuple(SCALES), default="major"),
            "direction": Word(options=("up", "down"), default="up"),
            "steps": Number(
                low=2, high=12, is_whole=True, default=None, may_be_none=True, meaning="none: to the octave"
            ),
        }
    ),
    "degree": _all_kinds(
        {
            "tonic": _midi(60),
            **PITCHED,
            "mode": MODE,
            "degree": Word(options=DEGREES, default="5", meaning="against the major scale: b3 is the minor third"),
            "context": Word(options=("cadence", "drone", "none"), default="cadence"),
            "new_key": Flag(default=True, meaning="false: of the cadence the tonic chord alone"),
        }
    ),
    "chord": _all_kinds(
        {
            "root": _midi(60),
            **(PITCHED | {"note_s": Number(low=0.15, high=2.5, default=1.5, unit="s")}),
            "quality": Word(options=tuple(CHORDS), default="maj"),
            "inversion": Number(low=0, high=3, is_whole=True, default=0),
            "voicing": Word(options=("close", "open", "drop2"), default="close"),
            "strum_ms": Number(low=0, high=60, default=0, unit="ms", meaning="from note to note"),
            "bass": Number(low=24, high=84, is_whole=True, default=None, may_be_none=True, unit="MIDI (60 is C4)"),
        }
    ),
    "cadence": _all_kinds(
        {
            "tonic": _midi(60),
            **PITCHED,
            "mode": MODE,
            "type": Word(options=tuple(CADENCES["major"]), default="authentic"),
        }
    ),
    "progression": _all_kinds(
        {
            "tonic": _midi(60),
            "timbre": TIMBRE,
            "mode": MODE,
            "numerals": Numerals(fewest=2, most=8, default=["I", "V", "vi", "IV"]),
            "bpm": _bpm(100, "quarter notes a minute"),
            "beats_per_chord": Number(low=1, high=4, is_whole=True, default=2, unit="beats"),
            "style": Word(options=("block", "arpeggio"), default="block"),
        }
    ),
    "eq": _all_kinds(
        {
            **EFFECT,
            "bands": Bands(
                band=BAND,
                default=[{name: field.default for name, field in BAND.items()}],
                meaning="the fields of a band beside `kind` make one band",
            ),
        }
    ),
    "filter": _all_kinds(
        {
            **EFFECT,
            "type": Word(options=("lowpass", "highpass", "bandpass", "notch"), default="lowpass"),
            "freq_hz": Number(low=20, high=16000, default=1000, unit="Hz"),
            "q": Number(low=0.5, high=10, default=0.707),
            "slope": OneOf(options=(12, 24), default=12, unit="dB an octave"),
        }
    ),
    "compression": _all_kinds(
        {
            **(EFFECT | {"source": Word(options=SOURCES, default="drums")}),
            "threshold_db": Number(low=-60, high=0, default=-24, unit="dBFS"),
            "ratio": Number(low=1, high=20, default=4),
            "attack_ms": Number(low=0.1, high=200, default=10, unit="ms"),
            "release_ms": Number(low=10, high=2000, default=100, unit="ms"),
            "knee_db": Number(low=0, high=12, default=0, unit="dB"),
        }
    ),
    "level": _all_kinds({**EFFECT, "change_db": Number(low=-12, high=12, default=3, unit="dB")}),
    "pan": _all_kinds(
        {**EFFECT, "position": Number(low=-1, high=1, default=0, meaning="-1 left, 1 right; equal power")}, (2,)
    ),
    "width": _all_kinds(
        {
            **(EFFECT | {"source": Word(options=SOURCES, default="mix")}),
            "width_pct": Number(low=0, high=200, default=100, unit="%"),
            "flip": Flag(default=False, meaning="turn one side's polarity round"),
        },
        (2,),
    ),
    "delay": _all_kinds(
        {
            **(EFFECT | {"source": Word(options=SOURCES, default="snare")}),
            "time_ms": Number(low=1, high=1000, default=250, unit="ms"),
            "feedback": Number(low=0, high=0.9, default=0.3),
            "mix": Number(low=0, high=1, default=0.3),
            "ping_pong": Flag(default=False, meaning="needs 2 channels"),
        }
    ),
    "reverb": _all_kinds(
        {
            **(EFFECT | {"source": Word(options=SOURCES, default="snare")}),
            "rt60_s": Number(low=0.2, high=6, default=1.5, unit="s"),
            "predelay_ms": Number(low=0, high=120, default=0, unit="ms"),
            "damp_hz": Number(low=1000, high=16000, default=8000, unit="Hz"),
            "mix": Number(low=0, high=1, default=0.3),
        }
    ),
    "drive": _all_kinds(
        {
            **(EFFECT | {"source": Word(options=SOURCES, default="bass")}),
            "drive_db": Number(low=0, high=24, default=12, unit="dB"),
            "shape": Word(options=("soft", "hard"), default="soft"),
        }
    ),
    "tone": _all_kinds(
        {
            "seconds": _seconds(2),
            "freq_hz": Number(low=20, high=16000, default=1000, unit="Hz"),
            "harmonics": Number(low=0, high=8, is_whole=True, default=0, meaning="above the fundamental"),
        }
    ),
    "noise-or-tone": _all_kinds(
        {
            "seconds": _seconds(3),
            "on": Flag(default=True, meaning="false: the noise alone"),
            "colour": Word(options=COLOURS, default="pink"),
            "tone_hz": Number(low=50, high=12000, default=None, may_be_none=True, unit="Hz"),
            "tone_db": Number(low=-30, high=0, default=-12, unit="dB against the noise"),
        }
    ),
    "rhythm": _all_kinds(
        {
            "bpm": _bpm(100, "quarter notes a minute, in 6/8 and 7/8 too"),
            "meter": Word(options=tuple(METERS), default="4/4"),
            "bars": Number(low=1, high=2, is_whole=True, default=1),
            "slots_per_beat": OneOf(options=(2, 3, 4, 6), default=4, meaning="slots of a quarter note"),
            "hits": Hits(voices=VOICES, default=None, meaning="a kick on each beat when left out"),
            "swing_pct": Number(low=50, high=70, default=50, unit="%", meaning="place of every second slot"),
            "count_in": Number(low=0, high=2, is_whole=True, default=1, unit="bars"),
        }
    ),
    "tempo": _all_kinds(
        {
            "bpm": _bpm(120, "quarter notes a minute"),
            "bars": Number(low=2, high=8, is_whole=True, default=2, unit="bars of 4/4"),
            "change_pct": Number(low=-20, high=20, default=0, unit="%", meaning="of B against A: added to bpm"),
        }
    ),
}
