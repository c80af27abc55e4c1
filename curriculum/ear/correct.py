"""Correct mode: a sound is heard only as an equaliser left it, and is undone with a bell."""

from dataclasses import dataclass

from curriculum.ear import residue
from curriculum.ear.asked import Asked, Mark, Spec
from curriculum.ear.dice import Dice
from curriculum.ear.residue import Bell
from curriculum.synth import spec

SKILL = "correct"
SECONDS = 4


@dataclass(frozen=True, slots=True)
class Step:
    """A step of this ladder: the grid that the frequency snaps to, and what may have been done to the sound."""

    grid: str
    words: str
    gains: tuple[int, ...]  # dB, up and down
    qs: tuple[float, ...]
    sources: tuple[str, ...]


STEPS = {
    1: Step("octave", "Octaves, ±9 or 12 dB on noise, Q 1.4", (9, 12), (1.4,), ("pink",)),
    2: Step("third", "Thirds of an octave, ±6 to 9 dB", (6, 7, 8, 9), (1.4, 2.0), ("pink", "mix", "drums")),
    3: Step("sixth", "Sixths of an octave, ±5 to 8 dB", (5, 6, 7, 8), (1.0, 1.4, 2.0, 2.8), ("mix", "drums", "keys")),
    4: Step("twelfth", "Twelfths of an octave, ±4 to 6 dB", (4, 5, 6), (0.7, 1.0, 1.4, 2.0, 2.8), ("mix", "drums")),
}
LOW_OF_LOOPS = 100.0  # Hz: below, and above 4 kHz, a loop may have nothing to change
HIGH_OF_LOOPS = 4000.0


def ask(level: int, seed: int) -> Asked:
    """One sound, altered. right: the bell that undoes it whole. The same seed asks the same."""
    step, dice = STEPS[level], Dice(seed)
    source = dice.choice(step.sources)
    places = residue.centres(step.grid)
    if source != "pink":
        places = tuple(one for one in places if LOW_OF_LOOPS <= one <= HIGH_OF_LOOPS)
    done = Bell(dice.choice(places), dice.choice((1, -1)) * dice.choice(step.gains), dice.choice(step.qs))
    sound = with_bells(plain(source, dice.number(0, 15)), done)
    return Asked(SKILL, level, "eq", (sound,), done.undone.key, f"It was {done.words}.", "bell")


def judge(asked: Asked, given: str) -> Mark:
    return residue.judge(asked.right, given, STEPS[asked.level].grid)


def plain(source: str, noise_seed: int) -> Spec:
    """The sound before anything was done to it."""
    return spec.read({"kind": "eq", "source": source, "seconds": SECONDS, "noise_seed": noise_seed, "on": False})


def plain_of(asked: Asked) -> Spec:
    """The sound of a question before anything was done to it."""
    return spec.read({**asked.specs[0], "on": False})


def with_bells(sound: Spec, *bells: Bell) -> Spec:
    """The sound after one bell or two."""
    bands = [{"type": "bell", "freq_hz": bell.freq_hz, "gain_db": bell.gain_db, "q": bell.q} for bell in bells]
    return spec.read({**sound, "bands": bands, "on": True})


def undone(asked: Asked, tried: Bell) -> Spec:
    """What the learner makes of the sound, for a browser that cannot filter by itself."""
    return with_bells(asked.specs[0], done(asked), tried)


def done(asked: Asked) -> Bell:
    """What was done to the sound."""
    return residue.read(asked.right, STEPS[asked.level].grid).undone
