"""The demo people's meetings, day by day, as in `demo_diary`."""

from collections.abc import Callable
from typing import Any

from mentorship import demo_meetings as steps
from mentorship.demo_steps import Step
from mentorship.parking import Source

GOALS = """\
- one finished beat a month, handed in
- to hear what is wrong before somebody says it
"""
WAYS = """\
Mara brings a version and one question. Jonas listens first and talks later. Whoever cannot come says so the day before.
"""
AFTERWARDS = """\
**Afterwards.** The two tracks that end well: listen to the last ten seconds only, three times each.
"""
SECRET = "She apologises before she presses play. Ask her next time to leave the first sentence out."
HERS = "I understood the form only when he drew it. Ask for pictures."


def meetings() -> list[tuple[int, str, Step]]:
    """An agreement, a meeting that was called off, one that was moved, signatures and notes."""
    first, second, off, ahead = "first meeting", "second meeting", "called off", "ahead"
    return [
        (29, "12:10", _do(steps.agree, goals=GOALS, cadence="Every second week, 45 minutes.", ways=WAYS)),
        (29, "18:20", steps.say_yes),
        (25, "09:00", _do(steps.sign, first, by="mentor")),
        (25, "19:30", _do(steps.sign, first, by="apprentice")),
        (21, "18:00", _do(steps.propose, off, day=18, wall="18:00", title="The second section")),
        (20, "21:30", _do(steps.confirm, off, day=18, wall="18:00", by="mentor")),
        (19, "11:40", _do(steps.cancel, off, "A cold, and no voice. Next week, as planned.")),
        (12, "19:20", _do(steps.write_on, second, AFTERWARDS, by="mentor")),
        (12, "19:25", _do(steps.note, second, SECRET, by="mentor")),
        (12, "21:40", _do(steps.note, second, HERS, by="apprentice")),
        (11, "20:15", _do(steps.sign, second, by="apprentice")),
        (12, "19:05", _do(steps.propose, ahead, day=-1, wall="18:00", title="Late tram, V2")),
        (10, "10:00", _do(steps.move, ahead, day=-2, wall="18:00")),
        (10, "12:30", _do(steps.confirm, ahead, day=-2, wall="18:00", by="apprentice")),
        (4, "22:50", _do(steps.add_line, ahead, "Late tram, V2: the second fill and the ending")),
        (2, "10:30", _do(steps.add_line, ahead, "The singer's paper, with its clauses marked", by="mentor")),
    ]


def questions() -> list[tuple[int, str, Step]]:
    """What she wanted to ask, where she came across it; the first one is on the agenda already."""
    bass = "Why does the bass of Late tram vanish on my phone?"
    contracts, decibels = Source("lesson", "con-how-contracts-work"), Source("lesson", "mix-decibels")
    return [
        (8, "22:55", _do(steps.park, bass)),
        (5, "22:40", _do(steps.park, "If she paid nothing, can the singer's paper bind us at all?", contracts)),
        (2, "19:35", _do(steps.park, "Is 74 dBA at the seat too loud for two hours?", decibels)),
        (2, "21:20", _do(steps.take, "ahead", bass)),
    ]


def _do(step: Callable[..., None], *given: Any, **named: Any) -> Step:
    """A step that lacks only the stage and the moment."""
    return lambda stage, at: step(stage, at, *given, **named)
