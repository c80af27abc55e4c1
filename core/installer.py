"""Fill a virtual environment from locks, with uv or pip, and a progress line.

Standard library and old syntax only, like core/bootstrap.py.
"""

import collections
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

WITHOUT_WHEEL = "flask-principal"  # the one package that we build ourselves, with the tools of the build lock
LAST_LINES = 12  # of the installer's output, shown when it fails
QUIET_SECONDS = 5  # between two progress lines when they go into a file or a pipe
MISLEADING = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "UV_SYSTEM_PYTHON")
NO_VENV = "Woodshed needs Python's venv module. On Debian or Ubuntu: sudo apt install python3-venv. Then start again."


class Stop(Exception):
    """Why we cannot go on, in sentences for the person at the terminal."""


class Installer:
    """uv: its path, or None for pip. python: the one inside the environment. lock: see `run`."""

    def __init__(self, uv: Optional[str], python: Path, lock: int) -> None:
        self.uv = uv
        self.python = python
        self.lock = lock
        self.surroundings = uv_surroundings() if uv else pip_surroundings()

    def make_venv(self, folder: Path) -> None:
        if self.uv:
            command = [self.uv, "venv", "--quiet", "--python", sys.executable, str(folder)]
        else:
            command = [sys.executable, "-I", "-m", "venv", str(folder)]
        self.run(command, "its environment", 0)

    def add(self, lock: Path, what: str) -> None:
        """Install a lock. Nothing is built but WITHOUT_WHEEL, and that with the pinned tools (--no-build-isolation)."""
        options = ["--require-hashes", "--only-binary", ":all:", "--no-binary", WITHOUT_WHEEL, "--no-build-isolation"]
        if self.uv:
            command = [self.uv, "pip", "install", "--compile-bytecode", "--python", str(self.python)]
        else:
            command = [str(self.python), "-I", "-m", "pip", "install", "--use-pep517", "--no-input"]
            command += ["--disable-pip-version-check", "--progress-bar", "off"]
        self.run(command + options + ["-r", str(lock)], what, count_pins(lock))

    def compile_sources(self, root: Path) -> None:
        """Write our own bytecode now: many systems tell Python not to, and every start would compile again."""
        names = [name for name in ("app.py", "core", "curriculum", "mentorship") if (root / name).exists()]
        command = [str(self.python), "-I", "-m", "compileall", "-q", *[str(root / name) for name in names]]
        subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self, command: List[str], what: str, total: int) -> None:
        """Run to the end with a progress line; raise Stop with the last lines if it fails.

        The child inherits the lock: if we are killed, the next start waits until this child has ended too.
        """
        options = {} if os.name == "nt" else {"pass_fds": (self.lock,), "start_new_session": True}  # type: Dict[str, Any]
        progress = Progress(what, total)
        tail = collections.deque(maxlen=LAST_LINES)  # type: collections.deque[str]
        child = subprocess.Popen(
            command,
            env=self.surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **options,
        )
        try:
            with ending_with_us(child):
                for line in child.stdout or []:
                    tail.append(line.rstrip())
                    progress.read(line)
                code = child.wait()
        finally:
            progress.end()
        if code != 0:
            last = "\n  ".join(line for line in tail if line)
            raise Stop(
                f"Woodshed could not install {what}. The installer's last lines:\n\n  {last}\n\n"
                "Is the network or the package mirror within reach? Then start again."
            )


def count_pins(lock: Path) -> int:
    return len(re.findall(r"^[a-z0-9][^ =]*==", lock.read_text("utf-8"), re.MULTILINE))


def find_uv() -> Optional[str]:
    """uv's path, when it is there and runs: a shim on PATH may lead nowhere."""
    path = shutil.which("uv")
    if path is None:
        return None
    try:
        found = subprocess.run([path, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    return path if found.returncode == 0 else None


def has_venv_module() -> bool:
    """Debian's Python has venv but, without the package python3-venv, no ensurepip; others may lack both."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def pip_surroundings() -> Dict[str, str]:
    """The person's environment (mirrors, certificates, proxies), less what would install elsewhere than in .venv."""
    surroundings = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    surroundings.update(PIP_USER="0", NO_COLOR="1")
    return surroundings


def uv_surroundings() -> Dict[str, str]:
    """uv does not read pip's settings: hand it the mirror and the certificates that pip is set up with."""
    surroundings = pip_surroundings()
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for option, names in (("index-url", ("UV_DEFAULT_INDEX", "UV_INDEX_URL")), ("cert", ("SSL_CERT_FILE",))):
        found = re.findall(rf"^\S+\.{option}='(.+)'$", listed.stdout, re.MULTILINE)
        if found and not any(name in surroundings for name in names):
            surroundings[names[0]] = found[0]
    return surroundings


@contextlib.contextmanager
def ending_with_us(child: "subprocess.Popen[str]") -> Iterator[None]:
    """A SIGTERM or Ctrl-C while installing ends the installer and what it started."""

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except BaseException:
        if os.name == "nt":
            child.terminate()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
        child.wait()
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


class Progress:
    """One line that says how many packages are done; on a terminal it is rewritten in place."""

    FETCHED = re.compile(r"\s*(?:Collecting|Requirement already satisfied:|Downloaded|Built) +([A-Za-z0-9_.-]+)")
    LEFT_OUT = re.compile(r"Ignoring \S+: markers")
    RESOLVED = re.compile(r"Resolved (\d+) package")
    ALL_FETCHED = re.compile(r"Prepared \d+ package|Installing collected packages|(?:Installed|Checked) \d+ package")

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total, self.done = what, total, 0
        self.on_terminal = sys.stdout.isatty()
        self.started = time.monotonic()
        self.shown_at = -QUIET_SECONDS * 1.0
        self.width = 0
        self.show("")

    def read(self, line: str) -> None:
        """Take one line of uv's or pip's output."""
        fetched, resolved = self.FETCHED.match(line), self.RESOLVED.match(line)
        if fetched:
            self.done = min(self.done + 1, self.total)
            self.show(fetched.group(1))
        elif resolved:
            self.total = int(resolved.group(1))
            self.show("")
        elif self.LEFT_OUT.match(line):
            self.total -= 1
        elif self.ALL_FETCHED.match(line):
            self.done = self.total
            self.show("putting them in place")

    def show(self, doing: str) -> None:
        now = time.monotonic()
        if not self.total or not (self.on_terminal or now - self.shown_at >= QUIET_SECONDS):
            return
        self.shown_at = now
        line = f"Woodshed: {self.what}, {self.done} of {self.total} ({now - self.started:.0f} s) {doing}".rstrip()
        if self.on_terminal:
            sys.stdout.write("\r" + line.ljust(self.width))
            self.width = len(line)
        else:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def end(self) -> None:
        if self.total and self.on_terminal:
            say("")


def say(text: str) -> None:
    print(text, flush=True)
