"""Commands of the ground: people, routes, checks and jobs."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlmodel import select

from core import accounts, backup_file, checks, clock, tokens
from core import backup as backups
from core import restore as restores
from core import settings as sites
from core.accounts import User
from core.backup_file import Manifest
from core.database import database
from core.errors import Refused
from core.jobs import run_forever
from core.words import exact, size


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


@click.command()
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Instead of data/backups.")
def backup(folder: Path | None) -> None:
    """Put the database and all files into one file, while Woodshed may go on running."""
    site = sites.load()
    path = backups.make(site, at=clock.now(), reason=backups.BY_HAND, folder=folder, progress=_line("copied"))
    manifest = backup_file.read(path, lambda _name: None, lambda _octets: None)
    click.echo(f"{path} ({size(path.stat().st_size)}) holds {_contents(manifest)}. Its check passed.")
    if spoilt := backup_file.spoilt(manifest):
        click.echo(f"{len(spoilt)} files are damaged on this disk; `check` names them. An older backup may have them.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask first.")
def restore(file: Path, yes: bool) -> None:
    """Put the backup FILE in the place of what is there, after a backup of that. Stop Woodshed first."""
    site = sites.load()
    if not yes:
        manifest = restores.look(file)
        made = f"{exact(manifest.made_at, site.zone)} by Woodshed {manifest.version}"
        click.echo(f"This backup was made {made} and holds {_contents(manifest)}.")
        click.confirm(f"Put it in the place of everything in {site.data}?", abort=True)
    line = _line("read")
    done = restores.restore(site, file, at=clock.now(), say=click.echo, progress=backups.counted(line, _size(file)))
    if done.before:
        click.echo(f"What was there is kept in {done.before}.")
    if done.spoilt:
        click.echo(f"{done.spoilt} files were damaged when they were backed up and stay away; `check` names them.")
    if done.is_key_missing:
        click.echo("The backup hangs on another WOODSHED_SECRET_KEY: set that one, or nobody's password fits.")
    click.echo(f"Restored: {_contents(done.manifest)}; {done.files} files came back. Start Woodshed again.")


def _contents(manifest: Manifest) -> str:
    files = sum(name.startswith("files/") for name in manifest.members)
    counts = manifest.counts
    people, reviews = counts.get("user", 0), counts.get("review", 0)
    with_files = f" and {files} files" if manifest.holds_files else "; the database alone, without files"
    return f"{people} accounts, {reviews} answers, {sum(counts.values())} rows in all{with_files}"


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _line(verb: str) -> Callable[[int, int], None]:
    """A line that says how far it is, twice a second; only where somebody looks on."""
    last = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal last
        if sys.stderr.isatty() and time.monotonic() - last > 0.5:
            last = time.monotonic()
            click.echo(f"\r{size(done)} of {size(total)} {verb} ", nl=False, err=True)

    return show


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
