"""The browser, and what it must never do: script errors, broken policies, refused requests, other hosts."""

import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.bootstrap import locked
from tests.e2e import cast
from tests.e2e.browser import FLAGS, find_browser
from tests.e2e.cast import Cast
from tests.e2e.pages import Visitors
from tests.e2e.server import Server
from tests.e2e.watch import Watch

LONGEST = "test_pages"
WAIT = 15_000  # ms; a busy machine answers late

Opener = Callable[..., tuple[Page, Watch]]

expect.set_options(timeout=WAIT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder need the browser; those of one file share a worker, its server and its browser.

    The longest file is shared out between three.
    """
    for number, item in enumerate(items):
        if item.path.parent == Path(__file__).parent:
            part = f"-{number % 3}" if item.path.stem == LONGEST else ""
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group(item.path.stem + part))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium. Without one these tests fail and say what was tried; they are never skipped."""
    return {"executable_path": find_browser(), "args": FLAGS}


@pytest.fixture(scope="session")
def base_url() -> None:
    """None: tests have servers of their own."""


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cast]:
    """A site with the cast in it, made once for all workers of a run; to be copied."""
    is_shared = "PYTEST_XDIST_WORKER" in os.environ
    folder = tmp_path_factory.getbasetemp().parent / "cast" if is_shared else tmp_path_factory.mktemp("cast")
    folder.mkdir(exist_ok=True)
    data, people = folder / "data", folder / "cast.pickle"
    with locked(folder / "lock"):
        if not people.exists():
            shutil.rmtree(data, ignore_errors=True)  # of a worker that did not get to its end
            people.write_bytes(pickle.dumps(cast.fill(data)))
    return data, pickle.loads(people.read_bytes())


@pytest.fixture(scope="module")
def visitors(
    browser: Browser,
    filled: tuple[Path, Cast],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Visitors]:
    """Browsers of the cast, at a real server of this file's own. SITE: what the file sets of it."""
    data, people = filled
    own = Path(shutil.copytree(data, tmp_path_factory.mktemp(request.path.stem) / "data"))
    with Server(own, registration="open", **getattr(request.module, "SITE", {})) as server:
        found = Visitors(browser, server.url, people)
        yield found
        found.close()
        assert not server.new_faults()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The real server, on an empty data folder."""
    with Server(tmp_path / "data") as running:
        yield running


@pytest.fixture
def open_browser(new_context: Callable[..., BrowserContext], server: Server) -> Iterator[Opener]:
    """`open_browser(PHONE)`: a page in a browser of its own, and the watch over it until the test ends.

    Also takes Playwright's options for a context.
    """
    watches = []

    def open_one(size: dict[str, int], **options: Any) -> tuple[Page, Watch]:
        context = new_context(viewport=size, base_url=server.url, locale="en-GB", **options)
        context.set_default_timeout(WAIT)
        watches.append(Watch(context, server.url))
        return context.new_page(), watches[-1]

    yield open_one
    faults = [fault for watch in watches for fault in watch.faults] + server.new_faults()
    assert not faults, "\n".join(faults)
