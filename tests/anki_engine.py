"""Anki's own engine, in an environment of its own: found, or installed, or a reason why not. Never skipped silently.

It is licensed under the AGPL and only compared with: tests run `tests/anki_script.py` with its Python, and nothing of
ours imports it.
"""

import functools
import hashlib
import json
import os
import shutil
import subprocess
from typing import Any

from core.bootstrap import interpreter, locked
from core.installer import Installer, Stop, find_uv, has_venv_module
from core.settings import HERE

GIVEN = "ANKI_PYTHON"
LOCK = HERE / "requirements-anki.lock"
FOLDER = HERE / ".venv-anki"
STAMP = FOLDER / ".stamp"
SCRIPT = HERE / "tests" / "anki_script.py"
SECONDS = 120


class NoEngine(Exception):
    """Anki's engine cannot be had; the text says what was tried. The tests fail with it."""


@functools.cache
def find_engine() -> str:
    """The Python of an environment that has Anki's engine. Raises NoEngine."""
    if given := os.environ.get(GIVEN):
        if not has_anki(given):
            raise NoEngine(f"{GIVEN} says {given}, but that Python has no package anki.")
        return given
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = f"{interpreter()}\n{hashlib.sha256(LOCK.read_bytes()).hexdigest()}\n"
    with locked(HERE / ".venv-anki.lock", "Another run is installing Anki's engine; waiting for it.") as lock:
        if python.exists() and STAMP.exists() and STAMP.read_text("utf-8") == wanted:
            return str(python)
        print("Installing Anki's engine for the tests (.venv-anki)", flush=True)
        reasons = []
        for uv in dict.fromkeys((find_uv(), None)):
            try:
                _make(Installer(uv, python, lock))
            except (Stop, OSError) as fault:
                reasons.append(f"{'uv' if uv else 'pip'}: {fault}")
                continue
            if has_anki(str(python)):
                STAMP.write_text(wanted, "utf-8")
                return str(python)
            reasons.append("it was installed, but does not start here")
    tried = "\n  ".join(reasons)
    raise NoEngine(f"No engine of Anki for the tests:\n  {tried}\nSet {GIVEN}, or give --no-anki.")


def _make(installer: Installer) -> None:
    if not installer.uv and not has_venv_module():
        raise Stop("this Python has no venv module")
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    installer.make_venv(FOLDER)
    installer.add(LOCK, "Anki's engine")


def has_anki(python: str) -> bool:
    try:
        done = subprocess.run([python, "-c", "import anki.collection"], capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def ask(command: str, *arguments: Any) -> Any:
    """What `tests/anki_script.py COMMAND ARGUMENTS` says."""
    words = [find_engine(), str(SCRIPT), command, *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, env=os.environ | {"TZ": "UTC"})
    if done.returncode:
        raise AssertionError(f"Anki's engine: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
