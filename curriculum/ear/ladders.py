"""Ladders: how hard a skill's questions are, step by step, what is asked on each, and when to change the step."""

from collections.abc import Callable, Sequence
from functools import partial

from core.errors import Refused
from curriculum.ear import pitched_questions, sound_questions, time_questions
from curriculum.ear.asked import Asked
from curriculum.ear.dice import Dice

UP, DOWN = 0.85, 0.6  # mean credit
LAST = 20  # answers that are looked at

_ASKERS: dict[str, Callable[[int, Dice], Asked]] = {
    "interval": pitched_questions.interval,
    "chord": pitched_questions.chord,
    "degree": pitched_questions.degree,
    "scale": pitched_questions.scale,
    "eq": sound_questions.eq,
    **{skill: partial(sound_questions.of_values, skill) for skill in sound_questions.LADDERS},
    "rhythm": time_questions.rhythm,
    "tempo": time_questions.tempo,
}
_STEPS = {
    "interval": pitched_questions.INTERVALS,
    "chord": pitched_questions.CHORDS,
    "degree": pitched_questions.DEGREES,
    "scale": pitched_questions.SCALES,
    "eq": sound_questions.EQ,
    **sound_questions.LADDERS,
    "rhythm": time_questions.RHYTHM,
    "tempo": time_questions.TEMPO,
}
SKILLS = ("eq", "interval", "chord", *(skill for skill in _ASKERS if skill not in ("eq", "interval", "chord")))
# Skill -> level, from 1 -> what it asks, in words.
LEVELS: dict[str, dict[int, str]] = {
    skill: {number: level.words for number, level in enumerate(_STEPS[skill], 1)}  # type: ignore[attr-defined]
    for skill in SKILLS
}
START = {skill: 3 if skill == "eq" else 1 for skill in SKILLS}  # below +9 dB the equaliser's is warming up


def ask(skill: str, level: int, seed: int) -> Asked:
    """The same seed asks the same. A skill or level that there is not is refused."""
    if skill not in LEVELS:
        raise Refused(f'There is no ladder "{skill}". There are: {", ".join(SKILLS)}.', field="skill")
    if level not in LEVELS[skill]:
        raise Refused(f"The ladder {skill} has levels 1 to {len(LEVELS[skill])}; {level} is none.", field="level")
    return _ASKERS[skill](level, Dice(seed))


def advice(credits: Sequence[float]) -> str:
    """ "up", "down" or "". credits: all on this level since it was last changed, the newest last.

    Looked at are the last twenty, each time that twenty are full: looking after every answer would sooner or later find
    a lucky twenty for anybody. What the newest twenty no longer say is not said.
    """
    full = len(credits) // LAST * LAST or len(credits)
    said = _of_twenty(credits[:full][-LAST:])
    return said if said == _of_twenty(credits[-LAST:]) else ""


def _of_twenty(last: Sequence[float]) -> str:
    """Of fewer, what twenty can only say: seventeen right ones are enough, since three wrong ones still leave 0.85."""
    to_come = LAST - len(last)
    if sum(last) >= UP * LAST - 1e-9:
        return "up"
    return "down" if sum(last) + to_come < DOWN * LAST - 1e-9 else ""
