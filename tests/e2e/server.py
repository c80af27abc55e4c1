"""Woodshed as people run it, for the browser tests: the real server on a data folder and a port of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

import psutil

from core.settings import HERE, PREFIX

START_SECONDS = 60
MAIL = {
    "smtp_url": "smtp://127.0.0.1:9",
    "mail_from": "w@school.example",
}  # so that its pages are there; nobody listens
STOP_SECONDS = 15


class Server:
    """`python app.py serve` on the loopback. As a context it is started, and ended with all that it started."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data.parent / f"{data.name}.log"
        own = {"DATA": str(data), "PORT": str(self.port), "HOST": "127.0.0.1", **settings}
        others = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
        self.environment = others | {PREFIX + name.upper(): text for name, text in own.items()}
        self.read_to = 0
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Come back once /health answers 200. Raises RuntimeError with what the server said."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py", "serve"],
                cwd=HERE,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.is_healthy():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The server did not get well:\n{self.log.read_text('utf-8')[-3000:]}")
            time.sleep(0.05)

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def new_faults(self) -> list[str]:
        """What the server logged since the last look, if there is a traceback in it."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            log.seek(self.read_to)
            said = log.read()
            self.read_to = log.tell()
        return [f"the server logged:\n{said[-5000:]}"] if "Traceback" in said else []

    def kill(self) -> None:
        """SIGKILL for the server and all that it started: nothing is finished, nothing is flushed."""
        if self.process is None:
            return
        family = self._family()
        for member in family:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family, timeout=STOP_SECONDS)
        self.process.wait(STOP_SECONDS)
        self.process = None

    def stop(self) -> None:
        """End it as Ctrl-C would, and kill what is left."""
        if self.process is None:
            return
        family = self._family()
        self.process.terminate()
        _, left = psutil.wait_procs(family, timeout=STOP_SECONDS)
        for member in left:
            member.kill()
        self.process.wait(STOP_SECONDS)
        self.process = None

    def _family(self) -> list[psutil.Process]:
        assert self.process is not None
        try:
            first = psutil.Process(self.process.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
