"""The skills of the ear room in words: what each is for, what is asked, what an answer is called in a table."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from core.errors import NotFound
from curriculum.ear import correct, ladders, residue, standing
from curriculum.ear.asked import Asked
from curriculum.ear.standing import Score
from curriculum.theory import intervals
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
        "Which band was raised or cut? Then your hand finds the right knob at once.",
        "B went through an equaliser. Where?",
        "sliders-horizontal",
    ),
    correct.SKILL: Skill(
        "Correct",
        "An equaliser was left on a sound. Undo it with a bell, by ear alone, as you would in a mix.",
        "An equaliser was left on this sound. Undo it.",
        "sliders-horizontal",
    ),
    "interval": Skill(
        "Intervals",
        "How far apart are two notes? Melodies that you hear become melodies that you can play.",
        "Which interval is this?",
        "music",
    ),
    "chord": Skill(
        "Chords",
        "Which kind of chord, how does it close, which loop? So you take the harmony off a record.",
        "Which chord is this?",
        "piano",
    ),
    "degree": Skill(
        "Degrees",
        "Which degree of the key is it? The way by which melodies are remembered.",
        "Which degree of the key is this note?",
        "music",
    ),
    "scale": Skill("Scales", "Which scale is it, and so which notes will fit?", "Which scale is this?", "music"),
    "filter": Skill(
        "Filters", "What was cut away, and from where on?", "B went through a filter. Which?", "sliders-horizontal"
    ),
    "compression": Skill(
        "Compression",
        "How hard, how fast? The change is small and is in every record.",
        "B went through a compressor. How is it set?",
        "audio-lines",
    ),
    "level": Skill(
        "Level", "How many dB louder or quieter? The first thing a mix asks.", "How much did B change?", "audio-lines"
    ),
    "pan": Skill("Panning", "Where between the speakers? Wear headphones.", "Where does it stand?", "headphones"),
    "width": Skill("Width", "How wide, and is one side turned round? Wear headphones.", "How wide is B?", "headphones"),
    "delay": Skill("Delay", "How long until the repeat?", "B went through a delay. How is it set?", "history"),
    "reverb": Skill(
        "Reverb", "How long is the room, how late does it answer?", "B stands in a room. Which?", "history"
    ),
    "tone": Skill("Tones", "Name a frequency on its own.", "Which frequency is this?", "audio-lines"),
    "rhythm": Skill("Rhythms", "Write down what was played.", "Which rhythm is this?", "clock"),
    "tempo": Skill("Tempo", "How fast is it? Tap along first.", "How fast is this?", "clock"),
}
GROUPS = {
    "Sound": ("eq", correct.SKILL, "compression", "level", "filter", "reverb", "delay", "pan", "width", "tone"),
    "Notes": ("interval", "chord", "degree", "scale"),
    "Time": ("rhythm", "tempo"),
}
ORDER = tuple(skill for group in GROUPS.values() for skill in group)
PROMPTS = {
    "interval": "Which interval is this?",
    "degree": "Which degree of the key is the last note?",
    "chord": "Which chord is this?",
    "cadence": "How does it close?",
    "progression": "Which chords are these, one after the other?",
}
BY_STEP = ("filter", "compression", "width", "delay", "reverb", "tempo")  # another step asks for another thing
TOLD_APART = frozenset(ORDER) - {correct.SKILL, "rhythm"}  # skills whose answers make a table
SHORT = 8  # letters of a table's head
DRAWS = 6  # questions of a step that are looked at for the names of its answers


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
    return correct.STEPS[level].words if skill == correct.SKILL else ladders.LEVELS[skill][level]


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
    said = f"{standing.percent(last)} % of your last {min(len(last), ladders.LAST)} answers here" if last else ""
    return SkillCard(skill, words(skill), level, top, step(skill, level), scores.get(skill), found, said)


def advice(skill: str, level: int, credits: Sequence[float]) -> str:
    """ "up" or "down" where the last answers on this step say so and the ladder goes on there; else ""."""
    found = ladders.advice(credits)
    is_end = level == (highest(skill) if found == "up" else 1)
    return "" if is_end else found


def label(key: str, skill: str, level: int | None = None) -> str:
    """An answer in the head of a table: "P5", "+1k"."""
    if skill == "interval" and key.isdecimal():
        return intervals.usual(int(key)).short if int(key) % 12 != intervals.TRITONE else "TT"
    if (hertz := _hertz(key)) is not None and skill in ("eq", "tone"):
        sign = {"+": "+", "-": "−"}.get(key[0], "")
        return f"{sign}{residue.hertz(hertz).replace(' kHz', 'k').replace(' Hz', '')}"
    if key.partition("/")[0] in CHORDS:
        return key
    said = says(key, skill, level)
    return said if len(said) <= SHORT else " ".join(word[:3] for word in said.replace(",", "").split()[:2])


def says(key: str, skill: str, level: int | None = None) -> str:
    """An answer in words: "perfect fifth", "cut at 1 kHz". level: of a skill that asks for another thing on each."""
    if not key:
        return "nothing"
    if skill == "interval" and key.isdecimal():
        return intervals.heard_name(int(key))
    if (hertz := _hertz(key)) is not None and skill in ("eq", "tone"):
        done = {"+": "boost at ", "-": "cut at "}.get(key[0], "")
        return f"{done}{residue.hertz(hertz)}"
    return _called(skill, level).get(key, key)


@cache
def _called(skill: str, level: int | None) -> dict[str, str]:
    """Key of an answer -> its words, as the questions of these steps have them."""
    levels = range(1, highest(skill) + 1) if level is None else (level,)
    return {
        choice.key: choice.words
        for one in levels
        for seed in range(DRAWS)
        for choice in ladders.ask(skill, one, seed).choices
    }


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
