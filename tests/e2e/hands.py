"""What hands do at the desk and among cards: by keyboard, as somebody does it who never reaches for the mouse."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

REVIEW_ID = "[data-desk-grades] [name=id]"


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def title(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def press(page: Page, button: Locator) -> None:
    """As the keyboard does it: by focus and Enter."""
    button.press("Enter")


def search(page: Page, query: str) -> None:
    page.goto("/cards")
    page.get_by_role("searchbox").fill(query)
    page.keyboard.press("Enter")
    page.wait_for_url("**/cards?q=*")


def question(page: Page) -> str:
    return page.locator(".desk-card").get_attribute("data-card") or ""


def leaves_field(page: Page) -> None:
    """A field takes all keys; Escape leaves it."""
    field = page.locator("#typed-answer")
    if field.is_visible():
        expect(field).to_be_focused()
        page.keyboard.press("Escape")
        expect(field).not_to_be_focused()


def shows_answer(page: Page) -> None:
    if page.locator("#typed-answer").is_visible():
        page.locator("#typed-answer").press("Enter")
    elif page.locator("[data-ear-asks]").is_visible():
        page.keyboard.press("0")  # I do not know
    else:
        page.keyboard.press("Space")
    expect(page.locator("[data-desk-grades]")).to_be_visible()


def answers(page: Page, field: Locator, words: str) -> None:
    expect(field).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator("[data-desk-grades]")).to_be_visible()


def moves_on(page: Page, act: Callable[[], object]) -> None:
    """Do something after which another showing stands on the desk."""
    before = page.locator(REVIEW_ID).get_attribute("value")
    act()
    expect(page.locator(f"{REVIEW_ID}[value='{before}']")).to_have_count(0)


def strikes(page: Page, key: str) -> None:
    moves_on(page, lambda: page.keyboard.press(key))


def grades(page: Page, key: str) -> str:
    card = question(page)
    shows_answer(page)
    strikes(page, key)
    return card


def uploads(page: Page, file: Path) -> None:
    page.get_by_label("The file").set_input_files(file)
    press(page, page.get_by_role("button", name="Look into it"))
    comes(page.get_by_role("button", name="Leave it"))


def comes(sign: Locator) -> None:
    """The page that shows how far long work is goes on by itself to what came of it."""
    expect(sign).to_be_visible(timeout=30_000)


def saves(page: Page, link: Locator, folder: Path) -> Path:
    with page.expect_download() as download:
        press(page, link)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path
