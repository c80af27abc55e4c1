"""Somebody moves in from Anki: the deck is looked into, brought in, reviewed and taken out again, in a real browser."""

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from curriculum.anki import write
from tests.curriculum.imports.conftest import FIRST, PNG, learnt, note
from tests.e2e.conftest import Opener
from tests.e2e.pages import DESKTOP, PHONE
from tests.e2e.server import Server
from tests.e2e.test_story import makes_the_first_account


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    path = tmp_path / "Jazz harmony.apkg"
    shown = [learnt(f"chord {number}", due_in=-150) for number in range(40)]
    shown += [note("picture", front='<img src="a.png" alt="a staff"> Which note?', back="<b>B flat</b>")]
    write.package(path, shown, [("a.png", io.BytesIO(PNG))], first_day=FIRST, west=0)
    return path


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_deck_comes_in_and_goes_out(
    server: Server, open_browser: Opener, deck: Path, tmp_path: Path, has_scripts: bool
) -> None:
    page, watch = open_browser(DESKTOP if has_scripts else PHONE, java_script_enabled=has_scripts)
    page.goto("/")
    makes_the_first_account(page)
    page.get_by_role("button", name="Skip").click()

    page.goto("/cards")
    page.get_by_role("link", name="Bring cards in").click()
    page.get_by_label("The file").set_input_files(deck)
    page.get_by_role("button", name="Look into it").click()
    sees(page, "Nothing is written yet.")
    expect(page.get_by_role("cell", name="Jazz › Harmony")).to_be_visible()
    page.get_by_role("button", name="Import 41 cards").click()
    sees(page, "Jazz harmony.apkg is here: 41 new cards; 200 answers joined your history.")
    page.get_by_role("link", name="See your cards").click()
    expect(page.get_by_role("link", name="What is chord 7?")).to_be_visible()

    page.goto("/cards/export")
    page.get_by_role("button", name="Make the package").click()
    sees(page, "41 cards with 200 answers and 1 picture or sound are in the file.")
    with page.expect_download() as fetched:
        page.get_by_role("link", name=re.compile("Save woodshed-cards")).click()
    fetched.value.save_as(tmp_path / "out.apkg")

    assert (tmp_path / "out.apkg").read_bytes().startswith(b"PK")
    assert watch.faults == []


def sees(page: Page, words: str) -> None:
    """Also after the pages on the way, which say how far it is and go on by themselves."""
    expect(page.get_by_text(words)).to_be_visible(timeout=60_000)
