"""The commands anki import and export."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from core import accounts, backup, clock
from core.accounts import User
from core.database import database
from core.errors import Refused
from curriculum import packages
from curriculum.imports import deck as decks
from curriculum.imports.deck import Deck

user_option = click.option("--user", "email", required=True, help="The e-mail address of the account.")


@click.group()
def anki() -> None:
    """Decks of Anki: brought in, or made of somebody's cards."""


@anki.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@user_option
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@with_appcontext
def bring_in(file: Path, email: str, yes: bool) -> None:
    """Bring the deck package FILE in, after a look at what it holds and a backup."""
    extensions = current_app.extensions
    user, base, at = _user(email), database(), clock.now()
    with base.reading() as db:
        place = decks.place_of(db, user.id, at=at)
    deck = Deck(base, extensions["shelf"].library, place, file, file.name)
    _say(decks.look(deck, _quiet))
    if not yes:
        click.confirm(f"Bring this in for {user.name}?", abort=True)
    backup.make(extensions["settings"], at=at, reason="import")
    click.echo(decks.sentence(decks.bring(deck, extensions["storage"], _quiet)))


@anki.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@user_option
@click.option("--track", default="", help="The cards of one track alone, such as mixing.")
@with_appcontext
def take_out(file: Path, email: str, track: str) -> None:
    """Write somebody's cards into the deck package FILE."""
    if file.exists():
        raise Refused(f"{file} is there already. Give another name, or remove it first.")
    extensions, user = current_app.extensions, _user(email)
    library = extensions["shelf"].library
    if track and track not in {one.name for one in library.tracks}:
        raise Refused(f"There is no track '{track}'. Use one of: {', '.join(one.name for one in library.tracks)}.")
    with database().reading() as db:
        place = decks.place_of(db, user.id, at=clock.now())
        written = packages.write(db, library, extensions["storage"], place, file, track)
    click.echo(packages.sentence(written))


def _user(email: str) -> User:
    with database().reading() as db:
        user = accounts.find(db, email)
    if user is None:
        raise Refused(f"There is no account with the address {email}. `users add` makes one.")
    return user


def _quiet(stage: str, done: int = 0, total: int = 0) -> None:
    """Somebody at a terminal waits for the end."""


def _say(found: Mapping[str, Any]) -> None:
    click.echo(f"{found['name']}: {found['cards']:,} cards of {found['notes']:,} notes, {found['reviews']:,} answers.")
    click.echo(
        f"New here: {found['new']:,}. With a new text: {found['changed']:,}. As they are: {found['same']:,}. "
        f"Answers to add: {found['new_reviews']:,}. Pictures: {found['pictures']:,}. Sounds: {found['sounds']:,}."
    )
    if found["back"]:
        click.echo(f"Deleted here and coming back: {found['back']:,}.")
    for what, count in found["unplaced"]:
        click.echo(f"No place here: {count:,} {what}.")
