import ast
import itertools
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from core import bootstrap, installer
from core.bootstrap import BUILD_LOCK, DEV_LOCK, OPTIMIZER_LOCK, ROOT, RUNTIME_LOCK, Environment
from core.installer import Installer, Progress, Stop

READ_BY_OLD_PYTHONS = ("app.py", "core/__init__.py", "core/bootstrap.py", "core/installer.py")
LOCKS = (BUILD_LOCK, RUNTIME_LOCK, DEV_LOCK, OPTIMIZER_LOCK)
ANKI_LOCK = "requirements-anki.lock"  # of the environment that tests alone use


# An old Python


@pytest.mark.parametrize("name", READ_BY_OLD_PYTHONS)
def test_an_old_python_can_read_what_it_meets_first(name):
    tree = ast.parse((ROOT / name).read_text("utf-8"), feature_version=(3, 6))

    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "__future__"]


@pytest.mark.parametrize("name", ["core/bootstrap.py", "core/installer.py"])
def test_the_start_needs_no_package_and_no_new_annotation(name):
    tree = ast.parse((ROOT / name).read_text("utf-8"))

    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {str(node.module) if isinstance(node, ast.ImportFrom) else node.names[0].name for node in imports}
    assert {module for module in modules if module.split(".")[0] not in sys.stdlib_module_names} <= {"core.installer"}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    annotations = [arg.annotation for function in functions for arg in function.args.args] + [
        function.returns for function in functions
    ]
    texts = [ast.unparse(annotation) for annotation in annotations if annotation]
    assert not [text for text in texts if "|" in text or re.match(r"(list|dict|tuple|set|type)\[", text)]


def test_an_old_python_is_told_what_is_needed_and_what_it_is():
    sentence = bootstrap.old_python((3, 8, 18, "final", 0))

    assert "needs Python 3.11 or newer" in sentence
    assert "this is Python 3.8.18" in sentence


# The stamp


@pytest.fixture
def made(tmp_path) -> Environment:
    """A folder whose .venv looks finished."""
    for name in LOCKS:
        (tmp_path / name).write_text(f"{name}==1\n", "utf-8")
    environment = Environment(tmp_path)
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    environment.write_stamp(dev=False)
    environment.optimizer_stamp.write_text(environment.wanted_optimizer_stamp(), "utf-8")
    return environment


def test_a_finished_environment_is_taken_as_it_is(made):
    assert made.is_ready(with_dev=False)


def test_the_tests_need_their_own_packages_too(made):
    assert not made.is_ready(with_dev=True)

    made.write_stamp(dev=True)

    assert made.is_ready(with_dev=True)


@pytest.mark.parametrize("name", [BUILD_LOCK, RUNTIME_LOCK])
def test_a_changed_lock_asks_for_an_install_on_top(made, name):
    (made.root / name).write_text("other==2\n", "utf-8")

    assert not made.is_ready(with_dev=False)
    assert made._can_reuse("uv")


def test_another_python_asks_for_a_new_environment(made, monkeypatch):
    monkeypatch.setattr(bootstrap, "interpreter", lambda: "cpython-399 linux x86_64")

    assert not made.is_ready(with_dev=False)
    assert not made._can_reuse("uv")


def test_a_half_made_environment_is_made_anew(made):
    made.stamp(dev=False).unlink()

    assert not made.is_ready(with_dev=False)
    assert not made._can_reuse("uv")


def test_an_environment_whose_python_has_gone_is_made_anew(made):
    made.python.unlink()

    assert not made.is_ready(with_dev=False)
    assert not made._can_reuse("uv")


def test_the_stamp_is_written_after_everything_else(made, monkeypatch):
    made.stamp(dev=False).unlink()

    def fail(self: Installer, lock: Path, what: str) -> None:
        if lock.name == RUNTIME_LOCK:
            raise Stop("the network went away")

    monkeypatch.setattr(bootstrap, "find_uv", lambda: None)
    monkeypatch.setattr(Installer, "make_venv", lambda self, folder: folder.mkdir())
    monkeypatch.setattr(Installer, "add", fail)
    with pytest.raises(Stop, match="the network went away"):
        made.make_ready(with_dev=False)

    assert not made.stamp(dev=False).exists()


# Installing


def test_without_the_venv_module_the_package_is_named_and_nothing_removed(made, monkeypatch):
    made.stamp(dev=False).unlink()
    monkeypatch.setattr(bootstrap, "find_uv", lambda: None)
    monkeypatch.setattr(bootstrap, "has_venv_module", lambda: False)

    with pytest.raises(Stop, match="sudo apt install python3-venv"):
        made.make_ready(with_dev=False)

    assert made.python.exists()


def test_where_uv_fails_pip_is_tried(made, monkeypatch, capsys):
    made.stamp(dev=False).unlink()
    used = []

    def add(self: Installer, lock: Path, what: str) -> None:
        used.append(self.uv)
        if self.uv:
            raise Stop("uv has no route")

    monkeypatch.setattr(bootstrap, "find_uv", lambda: "/usr/bin/uv")
    monkeypatch.setattr(bootstrap, "has_venv_module", lambda: True)
    monkeypatch.setattr(Installer, "make_venv", lambda self, folder: folder.mkdir())
    monkeypatch.setattr(Installer, "add", add)
    monkeypatch.setattr(Installer, "compile_sources", lambda self, root: None)
    made.make_ready(with_dev=False)

    assert used == ["/usr/bin/uv", None, None, None]
    assert "uv has no route" in capsys.readouterr().out
    assert made.stamp(dev=False).exists()


# The optimiser, which may be missing


@pytest.fixture
def installed(monkeypatch) -> list[str]:
    """The names of the locks that were installed; nothing is."""
    locks: list[str] = []
    monkeypatch.delenv(bootstrap.OPTIMIZER, raising=False)
    monkeypatch.setattr(bootstrap, "find_uv", lambda: "/usr/bin/uv")
    monkeypatch.setattr(Installer, "__init__", lambda self, uv, python, lock: setattr(self, "uv", uv))
    monkeypatch.setattr(Installer, "add", lambda self, lock, what: locks.append(lock.name))
    monkeypatch.setattr(Installer, "compile_sources", lambda self, root: None)
    return locks


def test_the_optimiser_is_installed_in_a_step_of_its_own(made, installed):
    made.optimizer_stamp.unlink()

    made.make_ready(with_dev=False)
    made.make_ready(with_dev=False)

    assert installed == [OPTIMIZER_LOCK]


def test_without_the_optimiser_the_app_starts_says_so_once_and_does_not_try_again(made, installed, monkeypatch, capsys):
    made.optimizer_stamp.unlink()
    tries = []

    def fail(self: Installer, lock: Path, what: str) -> None:
        tries.append(lock.name)
        raise Stop("no wheel for this machine")

    monkeypatch.setattr(Installer, "add", fail)
    for _ in range(2):
        made.make_ready(with_dev=False)

    assert tries == [OPTIMIZER_LOCK]
    assert capsys.readouterr().out.count("could not be installed; all else works") == 1


def test_another_lock_of_the_optimiser_is_tried(made, installed):
    (made.root / OPTIMIZER_LOCK).write_text("other==2\n", "utf-8")

    made.make_ready(with_dev=False)

    assert installed == [OPTIMIZER_LOCK]


def test_a_host_can_leave_the_optimiser_out_and_have_it_later(made, installed, monkeypatch):
    made.optimizer_stamp.unlink()

    monkeypatch.setenv(bootstrap.OPTIMIZER, "0")
    made.make_ready(with_dev=False)
    assert installed == []

    monkeypatch.delenv(bootstrap.OPTIMIZER)
    made.make_ready(with_dev=False)
    assert installed == [OPTIMIZER_LOCK]


def test_an_interrupted_step_is_taken_again(made, installed, monkeypatch):
    made.optimizer_stamp.unlink()

    def interrupted(self: Installer, lock: Path, what: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Installer, "add", interrupted)
        made.make_ready(with_dev=False)
    made.make_ready(with_dev=False)

    assert installed == [OPTIMIZER_LOCK]


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for uv")
def test_a_uv_that_does_not_run_is_not_used(tmp_path, monkeypatch):
    shim = tmp_path / "uv"
    shim.write_text("#!/bin/sh\nexit 127\n", "utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert installer.find_uv() is None


def test_a_failed_install_shows_the_last_lines(tmp_path):
    with open(tmp_path / "lock", "w") as lock:
        pip = Installer(None, Path(sys.executable), lock.fileno())
        with pytest.raises(Stop) as stop:
            pip.run([sys.executable, "-c", "print('no route to the mirror'); raise SystemExit(2)"], "packages", 0)

    assert "could not install packages" in str(stop.value)
    assert "no route to the mirror" in str(stop.value)


def test_one_start_installs_and_the_other_waits(tmp_path):
    path = tmp_path / ".venv.lock"
    attempt = (
        "import sys; from core.bootstrap import try_lock\n"
        "with open(sys.argv[1], 'a') as file: sys.exit(0 if try_lock(file.fileno()) else 9)"
    )

    def second() -> int:
        return subprocess.run([sys.executable, "-c", attempt, str(path)], cwd=ROOT).returncode

    with bootstrap.locked(path):
        assert second() == 9

    assert second() == 0


PIP = """\
Ignoring colorama: markers 'sys_platform == "win32"' don't match your environment
Collecting alembic==1.20.1 (from -r requirements.lock (line 1))
  Downloading alembic-1.20.1-py3-none-any.whl (270 kB)
Requirement already satisfied: click==8.5.1 in ./.venv/lib (from -r requirements.lock (line 4))
"""
UV = """\
Resolved 3 packages in 660ms
Downloading numpy (16.1MiB)
 Downloaded numpy
   Building flask-principal==0.4.0
      Built flask-principal==0.4.0
"""


@pytest.mark.parametrize(("output", "end"), [(PIP, "Installing collected packages: a"), (UV, "Prepared 3 packages")])
def test_the_progress_line_counts_packages(output, end):
    progress = Progress("packages", 4)

    for line in output.splitlines():
        progress.read(line)

    assert (progress.done, progress.total) == (2, 3)
    progress.read(end)
    assert progress.done == 3


# The locks


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    assert len(dict(found)) == len(found), "a package is pinned once, for every Python and system"
    return dict(found)


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        (RUNTIME_LOCK, project()["project"]["dependencies"]),
        (OPTIMIZER_LOCK, project()["project"]["optional-dependencies"]["optimizer"]),
        (DEV_LOCK, project()["project"]["dependencies"]),
        (DEV_LOCK, project()["project"]["optional-dependencies"]["dev"]),
        (BUILD_LOCK, project()["dependency-groups"]["build"]),
        (ANKI_LOCK, project()["dependency-groups"]["anki"]),
    ],
)
def test_every_dependency_is_pinned_within_its_range(lock, wanted):
    pinned = pins(lock)

    for requirement in map(Requirement, wanted):
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{requirement} is not in {lock}"
        assert requirement.specifier.contains(pinned[name], prereleases=True), (
            f"{requirement}: {lock} has {pinned[name]}"
        )


def test_tests_run_with_the_versions_that_are_shipped():
    assert pins(RUNTIME_LOCK).items() | pins(OPTIMIZER_LOCK).items() <= pins(DEV_LOCK).items()


@pytest.mark.parametrize("name", [*LOCKS, ANKI_LOCK])
def test_every_pin_has_hashes_and_no_lock_holds_an_address(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()

    for line in lines:
        assert re.fullmatch(r"[a-z0-9-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), line
    for line, following in itertools.pairwise(lines):
        if "==" in line and not line.startswith(" "):
            assert "--hash" in following, line
