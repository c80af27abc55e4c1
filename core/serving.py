"""`python3 app.py`: the web server and the jobs as two processes, watched and ended together."""

import contextlib
import ctypes
import errno
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import click

from core import settings
from core.bootstrap import LAUNCHER, say
from core.errors import Refused
from core.prepared import is_prepared
from core.settings import Settings

START_SECONDS = 60  # for the first good /health
FINISH_SECONDS = 30  # for requests and jobs under way, once we are told to stop
SAME_CTRL_C_SECONDS = 1.0  # one Ctrl-C can reach us twice; a later one means "at once"
SHORT_LIFE_SECONDS = 60  # jobs that end sooner wait before they start again, longer each time
LONGEST_PAUSE_SECONDS = 60
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # where a server that listens everywhere is reached from here
PR_SET_PDEATHSIG = 1  # Linux: the signal a process gets when its parent dies
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@click.command()
@click.option("--host", help="The address to listen on (WOODSHED_HOST; 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on (WOODSHED_PORT; 8000).")
def command(host: str | None, port: int | None) -> None:
    """Serve Woodshed: the web and the jobs."""
    sys.exit(serve(host, port))


def serve(host: str | None = None, port: int | None = None) -> int:
    """Run until a signal or the web server's end; return the exit code. Raises Refused and SettingsError.

    host, port: None for what the settings say.
    """
    for name, value in (("HOST", host), ("PORT", port)):
        if value is not None:
            os.environ[settings.PREFIX + name] = str(value)  # for the processes that we start, too
    site = settings.load()
    refuse_taken_port(site.host, site.port)
    os.umask(0o077)
    if not is_prepared(site):
        from core import startup  # loads the database layer, which a second start can do without

        site = startup.prepare()
    return Supervisor(site).run()


def refuse_taken_port(host: str, port: int) -> None:
    other = "Stop the program that uses it, or choose another: python3 app.py --port {} (or set WOODSHED_PORT)."
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name != "nt":  # there it would let two programs share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise Refused(f"'{host}' is not an address of this machine. Try --host 127.0.0.1.") from None
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            raise Refused(f"Port {port} is already taken. {other.format(port + 1)}") from None
        if fault.errno == errno.EACCES:
            raise Refused(f"This account may not use port {port}. {other.format(8000)}") from None
        raise Refused(f"Woodshed cannot listen on {host}, port {port}: {fault.strerror}.") from None


class Supervisor:
    """Starts the web server and the jobs, keeps them running, and ends both."""

    def __init__(self, site: Settings) -> None:
        self.site = site
        self.parent = os.getppid()
        self.has_launcher = os.environ.get(LAUNCHER) == str(self.parent)
        self.told_at: list[float] = []  # moments of the signals to stop
        self.hearing, self.calling = socket.socketpair()
        self.web: subprocess.Popen[bytes] | None = None
        self.jobs: subprocess.Popen[bytes] | None = None
        self.jobs_started_at = 0.0
        self.jobs_due_at = 0.0
        self.pause = 1.0  # seconds before jobs that ended start again

    def run(self) -> int:
        self._listen_to_signals()
        try:
            self.web = start(web_command(self.site))
            return self._watch() if self._is_healthy_in_time() else self._failed()
        finally:
            self._stop()

    def _listen_to_signals(self) -> None:
        """Signals wake `_wait` at once, a child's end too."""
        self.calling.setblocking(False)
        signal.set_wakeup_fd(self.calling.fileno(), warn_on_full_buffer=False)
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            number = getattr(signal, name, None)
            if number and not (name == "SIGHUP" and signal.getsignal(number) == signal.SIG_IGN):
                signal.signal(number, lambda *_: self.told_at.append(time.monotonic()))
        if hasattr(signal, "SIGCHLD"):
            signal.signal(signal.SIGCHLD, lambda *_: None)

    def _wait(self, seconds: float) -> None:
        if select.select([self.hearing], [], [], seconds)[0]:
            self.hearing.recv(4096)

    def _is_told_to_stop(self) -> bool:
        return bool(self.told_at) or (self.has_launcher and os.getppid() != self.parent)

    def _is_healthy_in_time(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while not self._is_told_to_stop():
            if self.web is None or self.web.poll() is not None or time.monotonic() > deadline:
                return False
            if health_status(self.site) == 200:
                say(f"Woodshed is at {self.site.url} (Ctrl-C ends it)")
                return True
            self._wait(0.02)
        return True

    def _failed(self) -> int:
        code = self.web.poll() if self.web else None
        if code is None:
            answer = health_status(self.site) or "nothing"
            say(f"Woodshed did not get well within {START_SECONDS} s: /health answers {answer}.")
        else:
            say(f"The web server did not start (exit code {code}). What it said stands above.")
        return 1

    def _watch(self) -> int:
        while not self._is_told_to_stop():
            if self.web is not None and self.web.poll() is not None:
                say(f"The web server ended by itself (exit code {self.web.returncode}). Start Woodshed again.")
                return 1
            self._keep_jobs_running()
            self._wait(1.0)
        return 0

    def _keep_jobs_running(self) -> None:
        now = time.monotonic()
        if self.jobs is None:
            if now >= self.jobs_due_at:
                self.jobs, self.jobs_started_at = start([*app_command(), "jobs", "run"]), now
        elif self.jobs.poll() is not None:
            lived_long = now - self.jobs_started_at >= SHORT_LIFE_SECONDS
            self.pause = 1.0 if lived_long else min(self.pause * 2, LONGEST_PAUSE_SECONDS)
            self.jobs_due_at = now + self.pause
            say(f"The jobs ended by themselves (exit code {self.jobs.returncode}); again in {self.pause:.0f} s.")
            kill(self.jobs)
            self.jobs = None

    def _stop(self) -> None:
        """Tell both to end; kill what is left after FINISH_SECONDS, or at once on a second Ctrl-C."""
        running = [process for process in (self.web, self.jobs) if process is not None]
        for process in running:
            process.terminate()
        began = time.monotonic()
        has_said = False
        while any(process.poll() is None for process in running):
            waited = time.monotonic() - began
            if waited > FINISH_SECONDS + 2 or any(at > began + SAME_CTRL_C_SECONDS for at in self.told_at):
                break
            if waited > SAME_CTRL_C_SECONDS and not has_said:
                has_said = True
                say("Woodshed: what is under way may finish (Ctrl-C again ends it at once)")
            self._wait(0.1)
        for process in running:
            kill(process)


def app_command() -> list[str]:
    return [sys.executable, str(settings.HERE / "app.py")]


def web_command(site: Settings) -> list[str]:
    """granian, which answers nothing but errors on its log. A worker may finish its requests for FINISH_SECONDS."""
    options = {
        "--interface": "wsgi",
        "--host": site.host,
        "--port": site.port,
        "--blocking-threads": site.threads,
        "--workers-kill-timeout": FINISH_SECONDS,
        "--log-level": "error",
    }
    words = [str(word) for pair in options.items() for word in pair]
    return [sys.executable, "-P", "-m", "granian", *words, "--respawn-failed-workers", "--factory", "app:create_app"]


def start(words: list[str]) -> subprocess.Popen[bytes]:
    """In a process group of its own: a terminal's Ctrl-C reaches us alone, and we tell the main processes."""
    path = os.pathsep.join(filter(None, (str(settings.HERE), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        words,
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        start_new_session=os.name != "nt",
        preexec_fn=end_with_parent(),
    )


def end_with_parent() -> Callable[[], None] | None:
    """Run in the child: even if we are killed, it is told to end (Linux only)."""
    if LIBC is None:
        return None
    prctl = LIBC.prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM) and None


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and whatever it started and left behind."""
    if os.name == "nt":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def health_status(site: Settings) -> int | None:
    """The HTTP status that /health answers with, None while nobody answers."""
    host = LOOPBACK.get(site.host, site.host)
    request = f"GET /health HTTP/1.1\r\nHost: {urlsplit(site.url).netloc}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((host, site.port), timeout=5) as connection:
            connection.sendall(request.encode("ascii"))
            words = connection.makefile("rb").readline().split()
    except OSError:
        return None
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else None
