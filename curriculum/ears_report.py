"""`python3 app.py ears`: the table of made-up listeners in docs/ears.md."""

from collections.abc import Iterable
from pathlib import Path
from statistics import mean, median

import click

from core.settings import HERE
from curriculum.ear import ladders
from curriculum.ear.listener import EASE, QUESTIONS, Listener, climb, expected, fitting

FILE = HERE / "docs/ears.md"
SKILLS = ("eq", "interval", "chord")
EARS = (1.5, 2.5, 3.5, 5.0)  # d' on the first step
LIVES = 5
COLUMNS = (
    "ladder",
    "d′ on step 1",
    "mean credit on each step",
    "step it comes to",
    "questions until then",
    "asked there after that",
    "on a step that fits",
    "on one that fits, or beside it",
    "moves in 100 questions",
    "the same if old answers count",
)
TEXT = """# Made-up ears on the ladders

Made by `python3 app.py ears --write --seed {seed}`; questions, credit and advice are the real ones.

A listener hears the right answer with strength d′ over noise of deviation 1 and each wrong one with none, and gives the
strongest (m-alternative forced choice). d′ is multiplied by {ease} from step to step. Mistakes are likelier the nearer
they are. Each row is {lives} lives of {questions} questions; figures are medians, shares and moves are means. The
equaliser begins on step {start}. Answers that are tapped or typed are not modelled.

{table}

A listener goes up where the mean of the last {last} credits is {up:g} or more, down where it is under {down:g}. They
are looked at each time that {last} are full, or as soon as {last} can only come out so. This listener takes every
advice at once; a person may stay. A step *fits* where the mean credit lies between the two marks; where none does, the
two around them fit.

**What it shows.** Each comes to a step that fits, and stays on those that fit or beside them. It does not stand still:
twenty answers are a small sample, so that a lucky or unlucky run moves a listener between neighbouring steps, mostly
once in 60 to 120 questions. Who finds one step a little too easy and the next a little too hard goes to and fro
between the two.

**Looked at after every answer** rather than at each full {last}, the same rule moved twice as often: sooner or later
there is a lucky {last} for anybody.

**Only answers since the last change of step count.** Otherwise the good run that led up is still there after a step
down, and leads up again at once, and the bad one above leads down at once: the last column.
"""


@click.command("ears")
@click.option("--seed", default=1, help="Of all dice.")
@click.option("--write", is_flag=True, help="Put the table into docs/ears.md.")
def command(seed: int, write: bool) -> None:
    """Let made-up listeners climb the ladders, and print where they come to."""
    rows = []
    for skill in SKILLS:
        for d_prime in EARS:
            rows.append(row(skill, Listener(d_prime), seed))
            click.echo(rows[-1])
    if write:
        write_table(FILE, rows, seed)


def row(skill: str, listener: Listener, seed: int) -> str:
    lives = [climb(skill, listener, seed=seed * 1000 + life, questions=QUESTIONS) for life in range(LIVES)]
    remembering = climb(skill, listener, seed=seed * 1000, questions=QUESTIONS, forgets=False)
    fit = fitting(skill, listener, seed=seed)
    near = {level + way for level in fit for way in (-1, 0, 1)}
    figures = [
        f"{listener.d_prime:g}",
        credits(skill, listener, seed),
        f"{median(life.home() for life in lives):g}",
        f"{median(life.needed() for life in lives):g}",
        f"{mean(life.at(life.home()) for life in lives):.0%}",
        f"{mean(life.at(*fit) for life in lives):.0%}",
        f"{mean(life.at(*near) for life in lives):.0%}",
        f"{mean(life.moved() for life in lives):.1f}",
        f"{remembering.moved():.1f}",
    ]
    return " | ".join(["| " + skill, *figures]) + " |"


def credits(skill: str, listener: Listener, seed: int) -> str:
    """Of whoever stays on each step."""
    return " ".join(f"{expected(skill, level, listener, seed=seed):.2f}" for level in ladders.LEVELS[skill])


def write_table(path: Path, rows: Iterable[str], seed: int) -> None:
    head = [f"| {' | '.join(COLUMNS)} |", "| --- | ---: | --- " + "| ---: " * (len(COLUMNS) - 3) + "|"]
    text = TEXT.format(
        seed=seed,
        ease=EASE,
        lives=LIVES,
        questions=QUESTIONS,
        start=ladders.START["eq"],
        last=ladders.LAST,
        up=ladders.UP,
        down=ladders.DOWN,
        table="\n".join([*head, *rows]),
    )
    path.write_text(text, encoding="utf-8")
