"""The command demo."""

import secrets
import time

import click
from flask import current_app
from flask.cli import with_appcontext

from core import accounts, clock
from core.database import database
from mentorship import demo as demo_people


@click.command()
@click.option("--remove", "is_removing", is_flag=True, help="Take them away again, with all that is theirs.")
@with_appcontext
def demo(is_removing: bool) -> None:
    """Add two labelled demo people, apprentice and mentor, with a month of life."""
    if is_removing:
        _remove()
    else:
        _add()


def _add() -> None:
    site, started = current_app.extensions, time.monotonic()
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    made = demo_people.build(
        database(),
        site["shelf"].library,
        site["storage"],
        password=accounts.password_hash(password),
        at=clock.now(),
        say=click.echo,
    )
    if not made:
        click.echo("The demo people are there already. To make them anew: demo --remove, then demo.")
        return
    click.echo(f"Done in {time.monotonic() - started:.0f} s. Sign in at {site['settings'].url}/sign-in as")
    for name, email in demo_people.EMAILS.items():
        click.echo(f"  {email:<24} {name}")
    click.echo(f"Password for both: {password} (shown this once). To take them away: demo --remove")


def _remove() -> None:
    removed = demo_people.remove(database(), current_app.extensions["storage"])
    if not removed.names:
        click.echo("There are no demo people here.")
        return
    click.echo(f"{' and '.join(removed.names)} are gone, with all their rows and {removed.files} files.")
