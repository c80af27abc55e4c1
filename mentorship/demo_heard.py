"""What the demo people hear in each other's sound, day by day, as in `demo_diary`: remarks on the first version, what
became of them in the second, a review and a link for somebody outside."""

from collections.abc import Callable
from typing import Any

from mentorship import demo_listening as steps
from mentorship.demo_steps import Step

FIRST, SECOND = "beat 1", "beat 2"
SNARE, BASS, ENDING, HAT = "late snare", "masked bass", "cut ending", "busy hat"
LOOP, HIGH = "no change", "brittle top"
REVIEW = {
    "first_impression": "A tram that I would take again. After ten seconds I had stopped counting.",
    "strongest": "The B part: without the snare the lead has all the room. #0:36 is my favourite place.",
    "weakest": "The second fill, at #0:50, says everything twice. The hat is still the brightest thing here.",
    "next_step": "Take two hits out of that fill, and turn the hat down by 2 dB before you reach for an EQ.",
}


def listened() -> list[tuple[int, str, Step]]:
    def say(name: str, kind: str, start: float, text: str, end: float = 0.0) -> Step:
        return _do(steps.say, name, kind, start, text, end=end, version=FIRST)

    heard = {
        BASS: (True, ""),
        LOOP: (True, "Yes. Eight bars without snare, and it comes back like a door."),
        ENDING: (True, "Two seconds, just right."),
        HAT: (True, ""),
        HIGH: (False, "Still there: listen at low level, it is all I hear."),
    }
    question, areas = "Does the second section feel like a place of its own?", ("arrangement", "low-end")
    return [
        (11, "09:02", say(SNARE, "praise", 2.6, "This snare leans back. Keep it, whatever else you change.")),
        (11, "09:05", say(BASS, "fix", 5.2, "On each first beat the kick swallows the bass: let it come later.", 10.4)),
        (11, "09:08", say(HIGH, "fix", 18.3, "The hat is sharp on small speakers: a little less above 8 kHz.")),
        (11, "09:12", say(LOOP, "idea", 31.3, "Here my ear is full. Take something away for eight bars.", 41.7)),
        (11, "09:15", say(HAT, "question", 44.0, "Is the open hat meant, or did it slip in?")),
        (11, "09:18", say(ENDING, "fix", 61.9, "It is cut in the middle of a chord. Let it ring out.")),
        (10, "20:15", _do(steps.reply, HAT, "It slipped in. Gone in the next version.")),
        (10, "20:20", _do(steps.make_card, BASS, "Let the bass wait a sixteenth where the kick comes.")),
        (4, "20:12", _do(steps.fix, BASS, LOOP, ENDING, HAT, HIGH, version=SECOND)),
        (4, "20:14", _do(steps.credit, "beat", {"Mara": "production, mix"}, pathway="beats")),
        (4, "20:30", _do(steps.ask_review, "review", SECOND, question, areas)),
        (3, "09:40", _do(steps.judge, heard)),
        (3, "09:55", _do(steps.give_review, "review", REVIEW, {"arrangement": 4, "low-end": 3}, "approved")),
        (2, "21:30", _do(steps.share, "beat", "The singer from the flat")),
    ]


def _do(step: Callable[..., None], *given: Any, **named: Any) -> Step:
    """A step that lacks only the stage and the moment."""
    return lambda stage, at: step(stage, at, *given, **named)
