"""`python3 app.py test`: ruff, mypy, then pytest, whose closing line is the last."""

import os
import signal
import subprocess
import sys
from types import FrameType

import click

from core.settings import HERE
from tests.anki_engine import NoEngine, find_engine
from tests.e2e.browser import NoBrowser, find_browser
from tests.leave_out import FAILED_CHECKS

CHECKS = ("ruff check", "ruff format --check", "mypy")
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"  # each worker, and each later run, would compile all tests again
WORKERS = 3  # on two cores: browser tests often wait


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    sys.exit(run(list(arguments)))


def run(arguments: list[str]) -> int:
    """Run everything, whatever fails. arguments: pytest's, and --no-e2e and its like. Returns the exit code."""
    failed = [check for check in CHECKS if not passes(check)]
    is_whole_run = not any((HERE / argument.split("::")[0]).exists() for argument in arguments)
    if is_whole_run and "--no-e2e" not in arguments:
        install_browser()
    if is_whole_run and "--no-anki" not in arguments:
        install_engine()
    os.environ[FAILED_CHECKS] = ", ".join(failed)
    return run_pytest(arguments) or int(bool(failed))


def passes(check: str) -> bool:
    print(f"Woodshed: {check}", flush=True)
    return subprocess.run([sys.executable, "-m", *check.split()], cwd=HERE).returncode == 0


def install_browser() -> None:
    """Now rather than inside the first browser test; if there is none, those tests fail and say why."""
    try:
        print(f"Woodshed: browser tests with {find_browser()}", flush=True)
    except NoBrowser as reason:
        print(reason, flush=True)


def install_engine() -> None:
    """Now rather than inside the first test that compares with it; if there is none, those tests fail and say why."""
    try:
        print(f"Woodshed: Anki's engine in {find_engine()}", flush=True)
    except NoEngine as reason:
        print(reason, flush=True)


def run_pytest(arguments: list[str]) -> int:
    """In a process group of its own: one Ctrl-C reaches pytest once, though it reaches us and our launcher too."""
    options = ["-p", "tests.leave_out", "-n", str(WORKERS), "--dist", "loadgroup"]
    words = [sys.executable, "-m", "pytest", *options, *arguments]
    surroundings = {name: text for name, text in os.environ.items() if name != NO_BYTECODE}
    child = subprocess.Popen(words, cwd=HERE, env=surroundings, process_group=None if os.name == "nt" else 0)
    told: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if number not in told:
            told.append(number)
            child.send_signal(number)

    if os.name != "nt":
        signal.signal(signal.SIGINT, pass_on)
        signal.signal(signal.SIGTERM, pass_on)
    code = child.wait()
    return 128 - code if code < 0 else code
