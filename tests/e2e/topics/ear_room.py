"""Ada has trained her ear for weeks: intervals above all. A round waits, one ended, one is to undo an EQ."""

import random
from datetime import timedelta
from typing import Any

from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session

from curriculum.ear import correct, rounds, standing
from curriculum.ear.rounds import Chosen, Heard
from tests.e2e.cast import days_ago
from tests.e2e.stop import Stop


def sets_the_volume(page: Page) -> None:
    page.keyboard.press("a")
    page.get_by_role("dialog").wait_for()


NO_PAGES = {"ear_mixes.sound"}

STOPS: list[Stop] = [
    Stop("ear.index", "/ear", ("ada", "fay")),
    Stop("ear.skill", "/ear/skills/interval"),
    Stop("ear.skill", "/ear/skills/eq", ("ada",), "eq"),
    Stop("ear.show", "/ear/rounds/{ear_open}", ("ada",), "question"),
    Stop("ear.show", "/ear/rounds/{ear_open}", ("ada",), "volume", 200, sets_the_volume),
    Stop("ear.show", "/ear/rounds/{ear_ended}?answered=3", ("ada",), "answered"),
    Stop("ear.show", "/ear/rounds/{ear_ended}", ("ada",), "end"),
    Stop("ear.show", "/ear/rounds/{ear_correct}", ("fay",), "correct"),
    Stop("ear.show", "/ear/rounds/{ear_undone}?answered=1", ("cleo",), "undone"),
]


def fill(cast: Any, db: Session, app: Flask) -> None:
    dice = random.Random(4)

    def play(person: str, skill: str, level: int, days: float, count: int, ear: float) -> str:
        """ear: how often the answer is right."""
        user, at = cast.id_of(person), days_ago(days)
        row = rounds.begin(db, user, Chosen(skill, level), seed=dice.getrandbits(32), at=at)
        db.flush()
        for number in range(1, count + 1):
            asked = rounds.question(row, number)
            near = [choice.key for choice in asked.choices]
            given = asked.right
            if skill == correct.SKILL:
                given = given.replace("1.4", "1.0")
            elif dice.random() > ear:
                place = near.index(given)
                given = near[(place + dice.choice((1, 1, 2))) % len(near)]
            more = Heard(dice.choice((1, 1, 2, 3)))
            at += timedelta(seconds=11)
            rounds.answer(db, user, row.id, number, given, more, zone="Europe/Berlin", at=at)
            db.flush()
        return str(row.id)

    for weeks in range(7, 0, -1):
        if weeks != 4:
            play("ada", "interval", 4, 7 * weeks, 10, 0.85 - weeks / 14)
            play("ada", "eq", 4, 7 * weeks - 1, 10, 0.8 - weeks / 20)
    standing.step_to(db, cast.id_of("ada"), "interval", 4, highest=7, at=days_ago(60))
    standing.step_to(db, cast.id_of("ada"), "eq", 4, highest=7, at=days_ago(60))
    play("ada", "interval", 4, 2, 10, 1.0)
    cast.ids["ear_ended"] = play("ada", "interval", 4, 1, 10, 0.85)
    cast.ids["ear_open"] = play("ada", "eq", 4, 0.1, 3, 0.6)
    cast.ids["ear_correct"] = play("fay", correct.SKILL, 2, 0.2, 0, 1)
    cast.ids["ear_undone"] = play("cleo", correct.SKILL, 1, 0.2, 2, 1)
