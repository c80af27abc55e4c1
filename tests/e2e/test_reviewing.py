"""Reviewing as a long-time user does it: by keyboard on a desktop, by thumb on a phone."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e import cast
from tests.e2e.pages import STOPS, Visitors, as_on_a_phone
from tests.e2e.server import Server

DESK = next(stop for stop in STOPS if stop.endpoint == "reviews.desk" and stop.people == ("ada", "ben"))
REVIEW_ID = "[data-desk-grades] [name=id]"
DELETED = "Where does the mouse go?"


@pytest.fixture(scope="module")
def visitors(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:
    data = tmp_path_factory.mktemp("reviewing") / "data"
    people = cast.fill(data)
    with Server(data, registration="open") as server:
        found = Visitors(browser, server.url, people)
        yield found
        found.close()
        assert not server.new_faults()


@pytest.fixture
def gil(visitors: Visitors) -> Iterator[Page]:
    """Gil was away: more waits than fits into his day."""
    with visitors.at(DESK, "gil") as page:
        yield page


@pytest.fixture
def ada(visitors: Visitors) -> Iterator[Page]:
    with visitors.at(DESK, "ada") as page:
        yield page


def press(page: Page, button: Locator) -> None:
    """As the keyboard does it: by focus and Enter."""
    button.focus()
    page.keyboard.press("Enter")


def shows_answer(page: Page) -> None:
    if page.locator("#typed-answer").is_visible():
        page.locator("#typed-answer").focus()
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Space")
    expect(page.locator("[data-desk-grades]")).to_be_visible()


def question(page: Page) -> str:
    return page.locator(".desk-card").get_attribute("data-card") or ""


def moves_on(page: Page, act: Callable[[], object]) -> None:
    """Do something after which another showing stands on the desk."""
    before = page.locator(REVIEW_ID).get_attribute("value")
    act()
    expect(page.locator(f"{REVIEW_ID}[value='{before}']")).to_have_count(0)


def grades(page: Page, key: str) -> str:
    card = question(page)
    shows_answer(page)
    moves_on(page, lambda: page.keyboard.press(key))
    return card


def test_back_after_days_away_she_chooses_and_the_keyboard_does_the_rest(gil: Page) -> None:
    expect(gil.get_by_role("heading", level=1)).to_have_text(re.compile(r"\d+ waiting"))
    gil.get_by_label("Spread it evenly").select_option("7")
    press(gil, gil.get_by_role("button", name="Spread it"))
    gil.goto("/reviews?chosen=1")

    done = [grades(gil, key) for key in "34"]
    shows_answer(gil)
    expect(gil.locator(".desk-interval")).to_have_text([re.compile(r"\d")] * 4)
    gil.keyboard.press("?")
    keys = gil.get_by_role("dialog")
    for key in "1234ubse":
        expect(keys.get_by_text(key, exact=True)).to_be_visible()
    gil.keyboard.press("Escape")
    done.append(question(gil))
    moves_on(gil, lambda: gil.keyboard.press("b"))
    done.append(question(gil))
    moves_on(gil, lambda: gil.keyboard.press("s"))

    gil.reload()
    for card in reversed(done):
        moves_on(gil, lambda: gil.keyboard.press("u"))
        assert question(gil) == card, "undo goes back step by step, also after a reload"


def test_a_card_can_be_looked_at_and_left_again_by_keys(gil: Page) -> None:
    gil.goto("/reviews?chosen=1")
    card = question(gil)

    gil.keyboard.press("e")

    gil.wait_for_url(f"**/cards/{card}?back=desk")
    expect(gil.get_by_role("main")).to_contain_text("Stability")
    gil.go_back()
    assert question(gil) == card


def test_more_today_adds_to_the_end_page(gil: Page) -> None:
    gil.goto("/reviews/backlog")
    main = gil.get_by_role("main")
    press(gil, gil.get_by_role("button", name="Keep my limit"))
    gil.goto("/reviews/backlog")
    before = main.inner_text()

    gil.get_by_role("button", name="10 reviews").click()

    gil.goto("/reviews/backlog")
    assert main.inner_text() != before


def test_a_pause_is_entered_shown_on_the_desk_and_ended(visitors: Visitors) -> None:
    with visitors.at(DESK, "hana") as page:
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Paused until"))

        press(page, page.get_by_role("button", name="End the pause today"))

        expect(page.get_by_role("heading", level=1)).not_to_have_text(re.compile("Paused"))


def test_an_own_card_is_written_edited_found_deleted_and_brought_back(ada: Page) -> None:
    ada.goto("/cards/new")
    ada.get_by_role("textbox", name="Question").fill(DELETED)
    ada.get_by_role("textbox", name="Answer").fill("To the **left**.")
    expect(ada.locator("[data-card-preview]")).to_contain_text("To the left.")
    ada.keyboard.press("Control+Enter")
    expect(ada.get_by_role("main")).to_contain_text(DELETED)

    ada.goto('/cards?q="mouse go"')
    row = ada.get_by_role("row").filter(has_text=DELETED)
    expect(row).to_have_count(1)
    row.get_by_role("checkbox").check()
    ada.get_by_role("button", name="Delete").click()
    expect(ada.get_by_role("row").filter(has_text=DELETED)).to_have_count(0)
    ada.get_by_role("button", name="Undo").click()
    ada.goto('/cards?q="mouse go"')
    expect(ada.get_by_role("row").filter(has_text=DELETED)).to_have_count(1)


def test_extra_practice_leaves_the_desk_as_it_is(ada: Page) -> None:
    ada.goto("/reviews")
    before = ada.locator("[data-desk-count]").inner_text(), question(ada)
    ada.goto("/practice")
    ada.locator("#way-q").fill("tag:mine")
    ada.keyboard.press("Enter")
    for key in ("3", "3", "3"):
        card = ada.locator("[data-desk-grades] [name=op]").get_attribute("value")
        ada.locator("[data-desk-show] button").click()
        expect(ada.locator("[data-desk-grades]")).to_be_visible()
        ada.keyboard.press(key)
        ada.locator(f"[name=op][value='{card}']").wait_for(state="detached")

    ada.goto("/reviews")

    assert (ada.locator("[data-desk-count]").inner_text(), question(ada)) == before


def test_on_a_phone_a_sitting_needs_one_thumb(ada: Page) -> None:
    as_on_a_phone(ada)
    for _ in range(3):
        ada.locator("[data-desk-show] button").click()
        good = ada.locator(".desk-grade-3")
        box = good.bounding_box()
        assert box and box["height"] >= 44 and box["y"] > 600, "the answers fill the lower edge"
        moves_on(ada, good.click)
    for name in ("Undo", "Bury", "Suspend", "Card"):
        tool = ada.locator(".desk-tools").get_by_text(name, exact=True)
        expect(tool).to_be_visible()
    card = question(ada)
    moves_on(ada, ada.get_by_role("button", name="Bury").click)
    moves_on(ada, ada.get_by_role("button", name="Undo").click)
    assert question(ada) == card
    assert ada.evaluate("document.documentElement.scrollWidth") <= 390


def test_retention_shows_what_it_costs_before_it_is_saved(gil: Page) -> None:
    gil.goto("/settings/reviews")
    said = gil.locator("[data-retention-said]").inner_text()

    gil.locator("[data-retention-slider]").press("ArrowRight")

    expect(gil.locator("[data-retention-said]")).not_to_have_text(said)
    gil.get_by_role("button", name="Save").click()
    expect(gil.get_by_label("Retention, percent").first).to_have_value("93")


def test_each_picture_of_the_statistics_opens_its_table(visitors: Visitors) -> None:
    with visitors.at(DESK, "gil") as page:
        page.goto("/stats")
        pictures, tables = page.get_by_role("img"), page.locator(".figures-behind")
        assert pictures.count() >= 6

        for table in tables.all():
            table.locator("summary").press("Enter")
            expect(table.get_by_role("table").first).to_be_visible()
