"""A pytest plugin: `--no-e2e`, `--no-postgres` and `--no-anki`, and a line that says how many tests they left out.

It also repeats, just above pytest's closing line, which of the other checks (ruff, mypy) had failed.
"""

import os
from typing import Any

import pytest

FAILED_CHECKS = "WOODSHED_FAILED_CHECKS"
KINDS = {  # marker -> what they are called
    "e2e": "browser tests",
    "postgres": "PostgreSQL tests",
    "anki": "tests with Anki's engine",
}
FOLDERS = {"e2e"}  # markers that all tests of a folder have
LEFT_OUT = pytest.StashKey[dict[str, int]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("woodshed")
    for marker, name in KINDS.items():
        group.addoption(f"--no-{marker}", action="store_true", help=f"leave the {name} out, and say so")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = config.stash.setdefault(LEFT_OUT, {})
    for marker in KINDS:
        if not config.getoption(f"no_{marker}"):
            continue
        in_folder = marker in FOLDERS
        leaving = [
            item
            for item in items
            if item.get_closest_marker(marker) or (in_folder and marker in item.path.relative_to(config.rootpath).parts)
        ]
        left_out[marker] = len(leaving)
        items[:] = [item for item in items if item not in leaving]
        config.hook.pytest_deselected(items=leaving)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist tells its controller, which has collected nothing itself."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash.get(LEFT_OUT, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    told = getattr(node, "workeroutput", {}).get("left_out", {})  # all workers collect the same tests
    node.config.stash.setdefault(LEFT_OUT, {}).update(told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for marker, count in config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.write_line(f"{count} {KINDS[marker]} left out (--no-{marker})", yellow=True)
    if failed := os.environ.get(FAILED_CHECKS):
        terminalreporter.write_line(f"These checks failed, see above: {failed}", red=True)
