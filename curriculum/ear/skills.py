"""The skills of the ear room in words: what each is for, what is asked, what an answer is called in a table."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import NotFound
from curriculum.ear import correct, ladders, residue, standing
from curriculum.ear.asked import Asked
from curriculum.ear.standing import Score
from curriculum.theory import chords, intervals
from curriculum.theory.steps import CHORDS


@dataclass(frozen=True, slots=True)
class Skill:
    title: str
    sentence: str  # what it is good for
    prompt: str  # what is asked
    icon: str


@dataclass(frozen=True, slots=True)
class SkillCard:
    """A skill as the room's first page shows it. advice: "up", "down" or ""; said: what that rests on."""

    skill: str
    words: Skill
    level: int
    highest: int
    step: str  # what this step of the ladder asks
    score: Score | None
    advice: str
    said: str


WORDS = {
    "eq": Skill(
        "Equaliser",
        "Name the frequency that was raised or cut. It is what lets you reach for the right knob at once.",
        "B went through an equaliser. Where?",
        "sliders-horizontal",
    ),
    "interval": Skill(
        "Intervals",
        "Name the distance between two notes. Melodies that you hear become melodies that you can play.",
        "Which interval is this?",
        "music",
    ),
    "chord": Skill(
        "Chords",
        "Name the kind of chord. It is how you take the harmony off a record.",
        "Which chord is this?",
        "piano",
    ),
    correct.SKILL: Skill(
        "Correct",
        "An equaliser was left on a sound. Undo it with a bell, by ear alone, as you would in a mix.",
        "Something was done to this sound. Undo it.",
        "sliders-horizontal",
    ),
}
ORDER = (*ladders.SKILLS, correct.SKILL)
PROMPTS = {
    "interval": "Which interval is this?",
    "degree": "Which degree of the key is the last note?",
    "chord": "Which chord is this?",
    "cadence": "How does it close?",
    "progression": "Which chords are these, one after the other?",
    "scale": "Which scale is this?",
    "eq": "B went through an equaliser. Where?",
}


def highest(skill: str) -> int:
    """The last step of a ladder. A skill that has none is not found."""
    if skill == correct.SKILL:
        return max(correct.STEPS)
    if skill not in ladders.SKILLS:
        raise NotFound
    return max(ladders.LEVELS[skill])


def start(skill: str) -> int:
    """Where a learner stands who has chosen no step yet."""
    return 1 if skill == correct.SKILL else ladders.START[skill]


def step(skill: str, level: int) -> str:
    """What a step of the ladder asks."""
    return correct.STEPS[level].words if skill == correct.SKILL else ladders.LEVELS[skill][level].words


def words(skill: str) -> Skill:
    return WORDS.get(skill) or Skill(skill.replace("-", " ").capitalize(), "", "What do you hear?", "headphones")


def title(skill: str) -> str:
    return words(skill).title


def prompt(asked: Asked) -> str:
    """What is asked. It hangs on the kind of the sound, never on the answer."""
    if asked.skill == correct.SKILL:
        return words(asked.skill).prompt
    return PROMPTS.get(asked.kind) or words(asked.skill).prompt


def card(
    skill: str,
    levels: Mapping[str, int],
    scores: Mapping[str, Score],
    credits: Mapping[tuple[str, int], Sequence[float]],
) -> SkillCard:
    level = levels.get(skill, start(skill))
    last = credits.get((skill, level), [])
    top = highest(skill)
    found = advice(skill, level, last)
    said = f"{standing.percent(last)} % of your last {len(last)} answers here" if last else ""
    return SkillCard(skill, words(skill), level, top, step(skill, level), scores.get(skill), found, said)


def advice(skill: str, level: int, credits: Sequence[float]) -> str:
    """ "up" or "down" where the last answers on this step say so and the ladder goes on there; else ""."""
    found = ladders.advice(credits)
    is_end = level == (highest(skill) if found == "up" else 1)
    return "" if is_end else found


def label(key: str, skill: str) -> str:
    """An answer in the head of a table: "P5", "+1k"."""
    if skill == "interval" and key.isdecimal():
        return intervals.usual(int(key)).short if int(key) % 12 != intervals.TRITONE else "TT"
    if (hertz := _hertz(key)) is not None and skill == "eq":
        sign = {"+": "+", "-": "−"}.get(key[0], "")
        return f"{sign}{residue.hertz(hertz).replace(' kHz', 'k').replace(' Hz', '')}"
    return key


def says(key: str, skill: str) -> str:
    """An answer in words: "perfect fifth", "cut at 1 kHz"."""
    if skill == "interval" and key.isdecimal():
        return intervals.heard_name(int(key))
    if (hertz := _hertz(key)) is not None and skill == "eq":
        done = {"+": "boost at ", "-": "cut at "}.get(key[0], "")
        return f"{done}{residue.hertz(hertz)}"
    quality, _, inversion = key.partition("/")
    if skill == "chord" and quality in chords.NAMES:
        turned = f", {chords.INVERSIONS[int(inversion)]}" if inversion else ""
        return f"{chords.NAMES[quality]}{turned}"
    return key


def place(key: str, skill: str) -> tuple[float, ...]:
    """Sorts the answers of a table: from low to high, from plain to rich."""
    if skill == "interval" and key.isdecimal():
        return (0, int(key))
    if (hertz := _hertz(key)) is not None:
        return (0, hertz, key.startswith("+"))
    quality, _, inversion = key.partition("/")
    if quality in CHORDS:
        return (1, list(CHORDS).index(quality), int(inversion or 0))
    return (2,)


def _hertz(key: str) -> float | None:
    try:
        found = abs(float(key))
    except ValueError:
        return None
    return found if math.isfinite(found) and found > 0 else None
