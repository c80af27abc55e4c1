"""Make .venv from the locks, once, and go on inside it.

Standard library and old syntax only (Python 3.6 must be able to read and run this), so that an old Python gets a
sentence and not a SyntaxError.
"""

import contextlib
import errno
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterator, List, Optional

from core.installer import NO_VENV, Installer, Stop, find_uv, has_venv_module, say

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
BUILD_LOCK = "requirements-build.lock"
RUNTIME_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"  # holds the runtime pins too
OPTIMIZER_LOCK = "requirements-optimizer.lock"  # what the app can do without
OPTIMIZER = "WOODSHED_OPTIMIZER"  # 0 leaves it out
NO_OPTIMIZER = (
    "Woodshed: the package that fits reviews to each learner (fsrs-rs-python) could not be installed; "
    "all else works, with the standard parameters. To try again, remove {} and start again."
)
LAUNCHER = "WOODSHED_LAUNCHER"  # the process id of the launcher, for the program inside .venv


def enter(arguments: List[str]) -> None:
    """Come back only inside .venv; from outside, make it ready, run app.py in it and leave with its exit code."""
    if sys.version_info < OLDEST:
        sys.exit(old_python(sys.version_info))
    environment = Environment(ROOT)
    if Path(sys.prefix).resolve() == environment.folder.resolve():
        return
    try:
        environment.make_ready(with_dev=arguments[:1] == ["test"])
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        say("\nStopped while installing. The next start begins the installation again.")
        sys.exit(130)
    except OSError as fault:
        sys.exit(f"Woodshed cannot make its environment: {fault}. Mend that, then start again.")
    sys.exit(go_on(environment.python, arguments))


def old_python(version: Any) -> str:
    """What a Python below the floor is told. version: like sys.version_info."""
    needed, found = (".".join(str(number) for number in numbers) for numbers in (OLDEST, version[:3]))
    return (
        f"Woodshed needs Python {needed} or newer; this is Python {found}. "
        "Install a newer one and start again with it, for example: python3.13 app.py"
    )


class Environment:
    """The .venv of a Woodshed folder, and the stamps that say what it was made from."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def stamp(self, dev: bool) -> Path:
        return self.folder / (".stamp-dev" if dev else ".stamp")

    def wanted_stamp(self, dev: bool) -> str:
        """The text that the stamp has when .venv fits these locks and this Python."""
        locks = [BUILD_LOCK, RUNTIME_LOCK] + ([DEV_LOCK] if dev else [])
        hashes = [hashlib.sha256((self.root / lock).read_bytes()).hexdigest() for lock in locks]
        lines = [f"{lock} {found}" for lock, found in zip(locks, hashes, strict=True)]
        return "\n".join([interpreter(), *lines]) + "\n"

    def write_stamp(self, dev: bool) -> None:
        unfinished = self.folder / ".stamp.part"
        unfinished.write_text(self.wanted_stamp(dev), "utf-8")
        os.replace(str(unfinished), str(self.stamp(dev)))

    def is_ready(self, with_dev: bool) -> bool:
        """Whether nothing is left to do: .venv was made to the end, and the optimiser was tried."""
        return self.is_made(with_dev) and self.has_tried_optimizer()

    def is_made(self, with_dev: bool) -> bool:
        """Whether .venv was made, to the end, from these locks with this Python."""
        kinds = (False, True) if with_dev else (False,)
        try:
            return self.python.exists() and all(
                self.stamp(dev).read_text("utf-8") == self.wanted_stamp(dev) for dev in kinds
            )
        except (FileNotFoundError, NotADirectoryError):
            return False

    def has_tried_optimizer(self) -> bool:
        """Whether its lock was installed or failed, or is not wanted: a failed step is not repeated at each start."""
        if os.environ.get(OPTIMIZER) == "0":
            return True
        try:
            return self.optimizer_stamp.read_text("utf-8") == self.wanted_optimizer_stamp()
        except (FileNotFoundError, NotADirectoryError):
            return False

    @property
    def optimizer_stamp(self) -> Path:
        return self.folder / ".stamp-optimizer"

    def wanted_optimizer_stamp(self) -> str:
        found = hashlib.sha256((self.root / OPTIMIZER_LOCK).read_bytes()).hexdigest()
        return f"{interpreter()}\n{OPTIMIZER_LOCK} {found}\n"

    def make_ready(self, with_dev: bool) -> None:
        """One start installs, others wait for it. Raises Stop."""
        if self.is_ready(with_dev):
            return
        with locked(self.root / ".venv.lock", "Another start is installing Woodshed; waiting for it.") as lock:
            if self.is_ready(with_dev):
                return
            started = time.monotonic()
            self._make(with_dev, lock)
            say(f"Woodshed: installed in {time.monotonic() - started:.1f} s")

    def _make(self, with_dev: bool, lock: int) -> None:
        """With uv where it works, else with pip."""
        uv = find_uv()
        if uv:
            try:
                self._make_with(Installer(uv, self.python, lock), with_dev)
                return
            except Stop as stop:
                say(f"{stop}\nThat was uv; trying pip.")
        self._make_with(Installer(None, self.python, lock), with_dev)

    def _make_with(self, installer: Installer, with_dev: bool) -> None:
        if not self._can_reuse(installer.uv):
            self._clear(installer.uv)
            installer.make_venv(self.folder)
        if not self.is_made(False):
            if self.stamp(False).exists():
                self.stamp(False).unlink()
            installer.add(self.root / BUILD_LOCK, "build tools")
            installer.add(self.root / RUNTIME_LOCK, "packages")
            installer.compile_sources(self.root)
            self.write_stamp(False)
        if with_dev and not self.is_made(True):
            installer.add(self.root / DEV_LOCK, "packages for the tests")
            self.write_stamp(True)
        if not self.has_tried_optimizer():
            self._add_optimizer(installer)

    def _add_optimizer(self, installer: Installer) -> None:
        """In a step of its own: where it fails, the app runs without it."""
        try:
            installer.add(self.root / OPTIMIZER_LOCK, "the optimiser")
        except Stop:
            say(NO_OPTIMIZER.format(self.optimizer_stamp))
        self.optimizer_stamp.write_text(self.wanted_optimizer_stamp(), "utf-8")

    def _can_reuse(self, uv: Optional[str]) -> bool:
        """Whether .venv was once finished, with this Python: then we install on top. A half-made one is made anew."""
        try:
            first_line = self.stamp(False).read_text("utf-8").splitlines()[0]
        except (OSError, IndexError):
            return False
        has_pip = any(any(self.folder.glob(lib + "/site-packages/pip/__main__.py")) for lib in ("lib/python*", "Lib"))
        return first_line == interpreter() and self.python.exists() and (bool(uv) or has_pip)

    def _clear(self, uv: Optional[str]) -> None:
        if not uv and not has_venv_module():
            raise Stop(NO_VENV)
        if self.folder.is_symlink():
            self.folder.unlink()
        elif self.folder.exists():
            say("Woodshed: making .venv anew")
            shutil.rmtree(str(self.folder))


def interpreter() -> str:
    """What the installed packages depend on besides the locks: "cpython-311 linux x86_64"."""
    return f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()}"


@contextlib.contextmanager
def locked(path: Path, waiting: str = "") -> Iterator[int]:
    """Hold a lock that dies with its holders; gives the file descriptor. waiting: said once when somebody has it."""
    with open(str(path), "a") as file:
        if not try_lock(file.fileno()):
            if waiting:
                say(waiting)
            while not try_lock(file.fileno()):
                time.sleep(0.1)
        yield file.fileno()


def try_lock(descriptor: int, shared: bool = False) -> bool:
    """shared: beside others that share it. Windows has no such lock; there it is always given."""
    try:
        if os.name == "nt":
            import msvcrt

            if shared:
                return True
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as fault:
        if fault.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            return False
        raise
    return True


def go_on(python: Path, arguments: List[str]) -> int:
    """Run app.py with .venv's Python, hand on the signals that reach us, and return its exit code.

    A subprocess, not exec: on Windows exec gives the console back at once. A terminal's Ctrl-C reaches the child
    twice, by itself and through us, so what runs there takes a quick second one for the same.
    """
    surroundings = dict(os.environ)
    surroundings[LAUNCHER] = str(os.getpid())
    surroundings.pop("PYTHONHOME", None)
    children = []  # type: List[subprocess.Popen[bytes]]

    def pass_on(number: int, _frame: Any) -> None:
        if children and os.name != "nt":
            children[0].send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    if os.name != "nt" and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # ignored: started with nohup
        signal.signal(signal.SIGHUP, pass_on)
    children.append(subprocess.Popen([str(python), str(ROOT / "app.py"), *arguments], env=surroundings))
    code = children[0].wait()
    return 128 - code if code < 0 else code
