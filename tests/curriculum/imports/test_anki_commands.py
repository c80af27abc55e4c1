"""The commands anki import and export, as somebody types them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from sqlmodel import Session, select

from core.accounts import User
from core.cli import Commands
from core.settings import Settings
from curriculum.models import OwnCard
from tests.curriculum.imports.conftest import learnt, note

TABLE = {"anki": ("curriculum.anki_commands:anki", "")}


@pytest.fixture
def run(app: Flask, ada: User) -> Callable[..., Any]:
    """`run("import", path)`: what the command says, and its exit code."""

    def type_in(*words: object, answer: str = "") -> Any:
        commands = Commands(TABLE, default="serve", create_app=lambda: app)
        given = ["anki", *map(str, words)]
        return CliRunner().invoke(commands, given, obj=ScriptInfo(create_app=lambda: app), input=answer)

    return type_in


def test_a_deck_comes_in_after_a_look_and_a_backup(run, package, fresh_db: Session, site: Settings):
    path = package(learnt("one"), note("two"))

    said = run("import", path, "--user", "ada@example.com", answer="y\n")

    assert said.exit_code == 0, said.output
    assert "2 cards of 2 notes, 5 answers." in said.output and "New here: 2." in said.output
    assert "is here: 2 new cards" in said.output
    assert len(fresh_db.exec(select(OwnCard)).all()) == 2
    assert [one.name for one in site.backups.iterdir() if "import" in one.name]


def test_whoever_says_no_changes_nothing(run, package, fresh_db: Session):
    said = run("import", package(note("one")), "--user", "ada@example.com", answer="n\n")

    assert said.exit_code == 1
    assert fresh_db.exec(select(OwnCard)).all() == []


def test_cards_go_out_into_a_file_that_is_new(run, package, tmp_path: Path):
    run("import", package(learnt("one")), "--user", "ada@example.com", "--yes")
    path = tmp_path / "out.apkg"

    first, again = (run("export", path, "--user", "ada@example.com") for _ in range(2))

    assert first.output == "1 cards with 5 answers are in the file.\n"
    assert path.read_bytes().startswith(b"PK")
    assert again.exit_code == 1 and "is there already" in again.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--user", "nobody@example.com"), "no account with the address nobody@example.com"),
        (("--user", "ada@example.com", "--track", "jazz"), "There is no track 'jazz'"),
        (("--user", "ada@example.com"), "no cards to take out yet"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run, tmp_path: Path, words, sentence):
    said = run("export", tmp_path / "out.apkg", *words)

    assert said.exit_code == 1
    assert sentence in said.output
    assert not (tmp_path / "out.apkg").exists()


def test_a_broken_file_is_refused_in_a_sentence(run, tmp_path: Path):
    path = tmp_path / "broken.apkg"
    path.write_bytes(b"nothing of Anki's")

    said = run("import", path, "--user", "ada@example.com", "--yes")

    assert said.exit_code == 1
    assert "Anki" in said.output and "Traceback" not in said.output
