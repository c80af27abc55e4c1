"""Cards of every kind that sounds or shows, for tests (path: tests/curriculum/sounding_content.py).

`card(kind)` is one ready card ("interval" ... "tempo", "notation", "keyboard", "pianoroll"); `ladder(skill)` the steps
of a ladder; `write_content(root)` a content folder whose lesson `LESSON` ("daw-beat") holds all of them. Their ids are
in IDS, by kind; a ladder's in LADDERS, by skill ("sndeqx": the cards "sndeqx.l1" to "sndeqx.l7").
"""

from functools import cache
from pathlib import Path

from curriculum.card_block import CardText
from curriculum.card_pictures import MOST_BARS
from curriculum.card_text import Renderer, make
from curriculum.content import Card
from curriculum.pictures.blocks import Blocks
from tests.curriculum import small_content

LESSON = "daw-beat"
PATH = "content/daw/03-beat.md"

SOUNDING = {  # kind -> (type, question, recipe)
    "interval": ("sound-interval", "Which interval?", "kind: interval\nsemitones: 3, 4, 5, 7, 12\nask: semitones"),
    "scale": ("sound-interval", "Which scale?", "kind: scale\nname: major, natural-minor, dorian\nask: name"),
    "degree": (
        "sound-interval",
        "Which degree of the key?",
        "kind: degree\nmode: major\ndegree: 1, 3, 5, 7\ncontext: cadence\nask: degree",
    ),
    "chord": (
        "sound-chord",
        "Which chord, and how does it lie?",
        "kind: chord\nquality: maj, min\ninversion: 0, 1, 2\nask: quality, inversion",
    ),
    "cadence": (
        "sound-chord",
        "Finished or not?",
        "kind: cadence\ntype: authentic, half\nask: type\nwords: authentic = finished; half = unfinished",
    ),
    "progression": (
        "sound-chord",
        "Which loop?",
        "kind: progression\nnumerals: I V vi IV, vi IV I V\nbpm: 90..120 step 10\nask: numerals",
    ),
    "eq": (
        "sound-eq",
        "Which octave was raised?",
        "kind: eq\nfreq_hz: 125..8000 step octave\ngain_db: 9\npair: on\nask: freq_hz\nanswer: axis",
    ),
    "filter": (
        "sound-eq",
        "Is there a low cut?",
        "kind: filter\nsource: mix\ntype: highpass\nfreq_hz: 200\non: true, false\nask: on",
    ),
    "compression": (
        "sound-eq",
        "Which side is compressed?",
        "kind: compression\nthreshold_db: -30\nratio: 8\npair: on\nask: side",
    ),
    "level": ("sound-eq", "Which is louder?", "kind: level\nchange_db: 3\npair: on\nask: side"),
    "pan": ("sound-eq", "Where does it stand?", "kind: pan\nposition: -1, 0, 1\nask: position"),
    "width": ("sound-eq", "How wide?", "kind: width\nwidth_pct: 0, 100, 200\nask: width_pct"),
    "delay": (
        "sound-eq",
        "Hollow or normal?",
        "kind: delay\ntime_ms: 5\nmix: 0.5\nfeedback: 0\non: true, false\nask: on\n"
        "words: true = hollow; false = normal",
    ),
    "reverb": ("sound-eq", "Which is farther away?", "kind: reverb\nrt60_s: 1.5\nmix: 0.4\npair: on\nask: side"),
    "drive": ("sound-eq", "Clean or driven?", "kind: drive\ndrive_db: 18\non: true, false\nask: on"),
    "tone": ("sound-eq", "Which frequency?", "kind: tone\nfreq_hz: 100, 440, 1000, 4000\nask: freq_hz\nanswer: typed"),
    "noise-or-tone": (
        "sound-eq",
        "Is there a tone in it?",
        "kind: noise-or-tone\ntone_hz: 1000\non: true, false\nask: on",
    ),
    "rhythm": (
        "notation",
        "Tap what you hear.",
        "kind: rhythm\nbpm: 80..100 step 10\nhits: snare 1000 1000 1000 1000, snare 1000 1010 1000 1000\n"
        "ask: hits\nanswer: tap",
    ),
    "tempo": ("notation", "How fast?", "kind: tempo\nbpm: 80, 100, 120, 140\nask: bpm"),
}
SHOWING = {  # type -> (question, answer)
    "notation": ("Which note?\n\n```abc\nX:1\nL:1/4\nK:C\nG4|\n```", "G | G4"),
    "keyboard": ("Which interval do the marked keys make?\n\n```keyboard\nC4 G4\n```", "- [x] a fifth\n- [ ] a fourth"),
    "pianoroll": ("Which chord is this?\n\n```pianoroll\nC4 E4 G4 0..2\n```", "C major | Cmaj"),
}
LADDER_SKILLS = {"eq": "sound-eq", "interval": "sound-interval", "chord": "sound-chord"}

IDS = {kind: f"snd{'abcdefghjkmnpqrstuvwxyz'[place]}aa" for place, kind in enumerate([*SOUNDING, *SHOWING])}
LADDERS = {"eq": "sndeqx", "interval": "sndntv", "chord": "sndchr"}


@cache
def card(kind: str) -> Card:
    """The card of this kind; the same object again and again."""
    (made,) = _made(IDS[kind], *_words(kind))
    return made


@cache
def ladder(skill: str) -> tuple[Card, ...]:
    """Its steps, the easiest first."""
    return tuple(_made(LADDERS[skill], LADDER_SKILLS[skill], "What was done?", f"ladder: {skill}"))


def lesson_text() -> str:
    """Of a whole lesson file."""
    blocks = [_block(IDS[kind], *_words(kind)) for kind in IDS]
    blocks += [
        _block(LADDERS[skill], type_, "What was done?", f"ladder: {skill}") for skill, type_ in LADDER_SKILLS.items()
    ]
    text = small_content.LESSON.format(
        slug=LESSON, title="A beat", wanted="daw-midi", first="sndzza", second="sndzzb", third="sndzzc"
    )
    return text.replace("## Milestone\n", "\n".join(blocks) + "\n## Milestone\n", 1)


def write_content(root: Path) -> Path:
    """small_content and the lesson with all these cards, below root. Returns the content folder."""
    folder = small_content.write_content(root)
    (root / PATH).write_text(lesson_text(), encoding="utf-8")
    return folder


def _words(kind: str) -> tuple[str, str, str]:
    return SOUNDING[kind] if kind in SOUNDING else (kind, *SHOWING[kind])


def _made(card_id: str, type_: str, question: str, answer: str) -> list[Card]:
    cards, faults = make(
        CardText(card_id, type_, question, answer, "A note."), LESSON, Renderer(blocks=Blocks(most_bars=MOST_BARS))
    )
    assert faults == [], faults
    return cards


def _block(card_id: str, type_: str, question: str, answer: str) -> str:
    return f"/// card | id: {card_id}, type: {type_}, tags: ear\n{question}\n---\n{answer}\n---\nA note.\n///\n"
