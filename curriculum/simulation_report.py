"""`python3 app.py simulate`: the table of simulated years in docs/simulation.md."""

import time
from collections.abc import Iterable
from math import isnan
from pathlib import Path

import click

from core.settings import HERE
from curriculum.simulation import AWAY, CARDS_A_DAY, DAYS_OF_CARDS, OTHER, SPREAD, YEAR, Played, Scenario, play
from curriculum.truth_models import Fsrs, HalfLives

FILE = HERE / "docs/simulation.md"
SETTLED = 90  # days after which own parameters have been fitted a few times
TRUTHS = {"FSRS, other parameters": lambda dice: Fsrs(OTHER), "half-lives": HalfLives}
SCENARIOS = [
    Scenario(f"{truth}: {words}", model, **wishes)  # type: ignore[arg-type]
    for truth, model in TRUTHS.items()
    for words, wishes in {
        "never away": {"is_away": False},
        "away twice, cap": {},
        "away twice, spread": {"choice": "spread"},
        "away twice, paused": {"pauses": True},
        "20 new a day, away twice, cap": {"new_a_day": 20},
    }.items()
]
COLUMNS = (
    "truth and learner",
    "reviews on the fullest day",
    "more than its cap",
    "recalled, all",
    "recalled, days without a cap",
    "the same from day 90",
    "back: promised → took (days)",
    "known at the end",
    "cards whose log and memory differ",
)
TEXT = """# Simulated years

Made by `python3 app.py simulate --write --days {days} --seed {seed}`; the rules are the real ones, through a real
database, fuzz and load balancing as shipped. Desired retention is 90 %.

{joining} cards join on each of the first {days_of_cards} days. Limits as shipped are 10 new cards and 120 reviews a
day. Absences are {away}. *Cap* keeps to the limit after them, *spread* shares what is overdue over {spread} days,
*paused* has told of the absence. Own parameters are fitted every 30 days, as the site does, and taken over only when
they win. New cards and learning steps are not counted.

The truth is what the made-up person remembers; the rules see only the answers. *FSRS, other parameters* is FSRS-6 with
weights that differ from the standard ones by up to 70 %; *half-lives* is not FSRS: a half-life for each card that grows
with success and shrinks when it is forgotten.

{table}
"""


@click.command("simulate")
@click.option("--days", default=YEAR, type=click.IntRange(1, 1000), help="How long a year is.")
@click.option("--seed", default=1, help="Of all dice.")
@click.option("--only", default="", help="Part of a scenario's name.")
@click.option("--write", is_flag=True, help="Put the table into docs/simulation.md.")
def command(days: int, seed: int, only: str, write: bool) -> None:
    """Play years of made-up learners through the real rules, and print what came of them."""
    rows = []
    for scenario in [one for one in SCENARIOS if only in one.name]:
        started = time.monotonic()
        rows.append(row(play(scenario, seed=seed, days=days)))
        click.echo(f"{rows[-1]}  ({time.monotonic() - started:.0f} s)")
    if write:
        write_table(FILE, rows, days, seed)


def row(played: Played) -> str:
    over = max((day.answered - day.cap for day in played.days), default=0)
    back = ", ".join(f"{promised} → {took if took is not None else 'never'}" for promised, took in played.caught_up())
    figures = [
        str(max((day.answered for day in played.days), default=0)),
        str(max(over, 0)),
        _part(played.retention()),
        _part(played.retention(capped=False)),
        _part(played.retention(capped=False, since=SETTLED)),
        back or "nothing waited",
        _part(played.known),
        str(len(played.faults)),
    ]
    return " | ".join(["| " + played.scenario.name, *figures]) + " |"


def write_table(path: Path, rows: Iterable[str], days: int, seed: int) -> None:
    head = [f"| {' | '.join(COLUMNS)} |", "| --- " + "| ---: " * (len(COLUMNS) - 1) + "|"]
    text = TEXT.format(
        days=days,
        seed=seed,
        joining=CARDS_A_DAY,
        days_of_cards=DAYS_OF_CARDS,
        away=" and ".join(f"days {first} to {last}" for first, last in AWAY),
        spread=SPREAD,
        table="\n".join([*head, *rows]),
    )
    path.write_text(text, encoding="utf-8")


def _part(value: float) -> str:
    return "" if isnan(value) else f"{value:.1%}"
