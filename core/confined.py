"""A child process that looks at foreign bytes and can do next to nothing else.

It has limited processor time, memory and output, a folder of its own, a clean environment, and no way to open another
file or connection once it calls `limit_this_process`. Windows knows none of these limits; there the parent's time-out
alone holds.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
SAID = 64_000  # octets of what a child says that are read
TICK = 0.05  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Ended:
    status: int | None  # the exit code; None: it took too long and was ended
    said: bytes
    complained: bytes  # on its standard error, for our log alone


def run(
    module: str,
    *arguments: str,
    folder: Path,
    seconds: float,
    meanwhile: Callable[[], None] | None = None,
) -> Ended:
    """Run `python -m module arguments` to its end in `folder`.

    seconds: on the clock; then it is ended. meanwhile: called again and again; if it raises, the child is ended.
    """
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        child = subprocess.Popen(
            command(module, *arguments),
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
        )
        try:
            status = _wait(child, seconds, meanwhile)
        finally:
            end(child)
        said.seek(0)
        complained.seek(0)
        return Ended(status, said.read(SAID), complained.read(SAID))


def _wait(child: subprocess.Popen, seconds: float, meanwhile: Callable[[], None] | None) -> int | None:
    last = time.monotonic() + seconds
    while (left := last - time.monotonic()) > 0:
        try:
            return child.wait(min(left, TICK) if meanwhile else left)
        except subprocess.TimeoutExpired:
            if meanwhile:
                meanwhile()
    return None


def end(child: subprocess.Popen) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()


def command(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """What a child is told: where our code lies, and nothing of ours."""
    system = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}  # Windows needs them
    own = {"PYTHONPATH": str(HERE), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}
    return system | own


def limit_this_process(*, cpu_seconds: int, memory: int, output: int) -> None:
    """No more than so much time, memory and output; no other file, connection or process from now on.

    memory: octets of address space. output: octets of the largest file written. Only in the child.
    """
    try:
        import resource
    except ImportError:  # Windows: the parent's time-out alone
        return
    limits = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: output,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 0,
    }
    for which, most in limits.items():
        try:
            resource.setrlimit(which, (most, most))
        except (ValueError, OSError):  # a system that does not know this one (macOS: address space)
            continue
