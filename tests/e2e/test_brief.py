"""The brief of the demo pair on paper: one page, A4 or Letter."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app import create_app
from core import accounts, clock, settings, startup
from mentorship import demo
from tests.e2e.server import Server

PASSWORD = "seven slow brown foxes"


@pytest.fixture
def as_the_mentor(tmp_path: Path, context: BrowserContext) -> Iterator[Page]:
    """The brief of the demo pair, open before the demo mentor."""
    data = tmp_path / "data"
    startup.prepare(data=data)
    app = create_app(settings.load(data=data))
    base, shelf, storage = (app.extensions[name] for name in ("database", "shelf", "storage"))
    with app.app_context():
        hashed = accounts.password_hash(PASSWORD)
    demo.build(base, shelf.library, storage, password=hashed, at=clock.now())
    base.engine.dispose()
    with Server(data) as server:
        page = context.new_page()
        page.goto(f"{server.url}/sign-in")
        page.get_by_label("E-mail").fill(demo.EMAILS[demo.MENTOR])
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{server.url}/mentoring")
        page.get_by_role("link", name=demo.APPRENTICE).first.click()
        expect(page.get_by_role("heading", name="Weakest cards")).to_be_visible()
        yield page


def test_the_brief_of_the_demo_pair_is_one_page_of_paper(as_the_mentor: Page, tmp_path: Path) -> None:
    page = as_the_mentor

    for paper in ("A4", "Letter"):
        printed = page.pdf(format=paper, print_background=True)
        (tmp_path / f"brief-{paper}.pdf").write_bytes(printed)
        assert pages_of(printed) == 1, paper


def pages_of(printed: bytes) -> int:
    """As its page tree counts them."""
    [count] = re.findall(rb"/Type\s*/Pages\s*/Count\s+(\d+)", printed) or re.findall(rb"/Count\s+(\d+)", printed)
    return int(count)
