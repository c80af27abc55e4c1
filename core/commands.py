"""Commands of the ground: people, routes, checks and jobs."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlmodel import select

from core import accounts, checks, clock, tokens
from core.accounts import User
from core.database import database
from core.errors import Refused
from core.jobs import run_forever


@click.group()
def users() -> None:
    """People with an account."""


@users.command("add")
@click.argument("email")
@click.option("--name", prompt="Name", help="As others see it.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="At least 8 characters.")
@with_appcontext
def add(email: str, name: str, password: str) -> None:
    """Make an account for EMAIL. The first one of a site is its host."""
    if "@" not in email:
        raise Refused(f"'{email}' is no e-mail address. Give one like ada@example.com.")
    hashed = accounts.password_hash(password, email=email)
    zone = current_app.extensions["settings"].zone
    with database().writing() as db:
        user = accounts.create(db, name=name, email=email, password=hashed, zone=zone, at=clock.now())
        host = " and runs this site" if user.is_host else ""
        click.echo(f"{user.name} can sign in as {user.email}{host}.")


@users.command("reset")
@click.argument("email")
@click.option("--password", prompt="New password", hide_input=True, confirmation_prompt=True)
@with_appcontext
def reset(email: str, password: str) -> None:
    """Give EMAIL a new password; every sign-in of that account ends."""
    hashed = accounts.password_hash(password, email=email)
    with database().writing() as db:
        user = accounts.find(db, email)
        if user is None:
            raise Refused(f"There is no account with the address {email}. `users add` makes one.")
        accounts.set_password(db, user, hashed, at=clock.now())
        click.echo(f"{user.name} has a new password and is signed out everywhere; keys for programs have ended, too.")


@users.command("token")
@click.argument("email")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do; may be given several times.")
@click.option("--days", default=tokens.DEFAULT_DAYS, show_default=True, help=f"Until it ends, 1 to {tokens.MOST_DAYS}.")
@click.option("--name", default="Command line", show_default=True, help="As the settings list it.")
@with_appcontext
def token(email: str, scopes: tuple[str, ...], days: int, name: str) -> None:
    """Make a key with which a program of EMAIL's asks the JSON interface. It is printed this once."""
    with database().writing() as db:
        user = accounts.find(db, email)
        if user is None:
            raise Refused(f"There is no account with the address {email}. `users add` makes one.")
        key, secret = tokens.make(db, user.id, name=name, scopes=list(scopes), days=days, at=clock.now())
        lasts = f"It is for {key.scopes.replace(' ', ', ')} and ends on {key.expires_at:%Y-%m-%d}."
    click.echo(secret)
    click.echo(f"{lasts} Keep it like a password: it is not shown again.", err=True)


@click.command()
@with_appcontext
def routes() -> None:
    """List every route with its methods."""
    rules = sorted(current_app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
    for rule in rules:
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:<9} {rule.rule:<60} {rule.endpoint}")


@click.command()
@with_appcontext
def check() -> None:
    """Check database, files and memories against each other; exit 1 when something does not fit."""
    base = database()
    faults = checks.database(base)
    with base.reading() as db:
        for name, find in current_app.extensions["checks"].items():
            found = find(db)
            click.echo(f"{name}: {'as it should be' if not found else f'{len(found)} faults'}")
            faults += found
        people = len(db.exec(select(User.id)).all())
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(f"Checked {people} accounts: {'all is well' if not faults else f'{len(faults)} faults'}.")
    sys.exit(1 if faults else 0)


@click.group()
def jobs() -> None:
    """Timed jobs."""


@jobs.command("run")
@with_appcontext
def run() -> None:
    """Run the timed jobs in this process until it is told to stop."""
    run_forever(current_app._get_current_object(), current_app.extensions["schedule"])  # type: ignore[attr-defined]


@jobs.command("list")
@with_appcontext
def list_jobs() -> None:
    """Name the timed jobs and how often they run, and the work that people ask for."""
    for job in current_app.extensions["schedule"]:
        click.echo(f"{job.name:<24} every {job.minutes} minutes")
    for name in current_app.extensions["work"]:
        click.echo(f"{name:<24} when somebody asks for it")
