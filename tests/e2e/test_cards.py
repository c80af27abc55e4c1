"""Cards with a keyboard and the scripts: a marked sentence becomes a card, the preview follows, many are ticked."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.pages import Stop, Visitors

MARK = """([block, from, to]) => {
  const words = document.querySelectorAll(".lesson-body p")[block].firstChild;
  const range = document.createRange();
  range.setStart(words, from);
  range.setEnd(words, to);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return [words.textContent.slice(from, to), words.textContent];
}"""


def test_marked_words_become_the_gap_of_their_sentence(visitors: Visitors) -> None:
    with visitors.at(Stop("lessons.show", "/lessons/{done}"), "ada") as page:
        marked, paragraph = page.evaluate(MARK, [0, 3, 20])
        expect(page.get_by_role("button", name="Make a card")).to_be_visible()
        page.keyboard.press("c")
        page.wait_for_url(re.compile("/cards/new"))
        text = page.locator("#f-question").input_value()

        expect(page.get_by_label("Text with gaps")).to_be_checked()
        assert f"{{{{{marked.strip()}}}}}" in text
        assert text.replace("{{", "").replace("}}", "") == paragraph.split(". ")[0] + "."
        page.locator("#f-question").press("Control+Enter")
        page.wait_for_url(re.compile("#own-cards"))
        expect(page.locator("#own-cards")).to_contain_text("[…]")


def test_the_preview_follows_the_typing_and_says_what_is_missing(visitors: Visitors) -> None:
    with visitors.at(Stop("own_cards.new", "/cards/new"), "ada") as page:
        preview = page.locator("[data-card-preview]")
        page.locator("#f-question").fill("What does **Q** mean?")
        expect(preview).to_contain_text("Write the answer.")
        page.locator("#f-answer").fill("How narrow a bell is.")

        expect(preview.locator("strong")).to_have_text("Q")


def test_all_of_a_page_are_ticked_and_brought_back(visitors: Visitors) -> None:
    with visitors.at(Stop("cards.index", "/cards?q=is:own"), "ada") as page:
        page.get_by_text("Tick all").click()
        expect(page.locator("[data-ticked]")).to_contain_text("ticked")
        page.get_by_role("button", name="Suspend").click()
        expect(page.get_by_role("status").filter(has_text="cards are suspended.")).to_be_visible()
        page.get_by_role("button", name="Undo").click()

        expect(page.get_by_text("Undone: everything is as it was.")).to_be_visible()


def test_a_round_by_keyboard_alone_comes_to_its_end(visitors: Visitors) -> None:
    with visitors.at(Stop("practice.begun", "/practice/begun?q=tag:theory"), "ada") as page:
        one_answer(page, "1")
        asked = page.locator(".desk-question").inner_text()
        one_answer(page, "3")
        expect(page.locator("[data-desk-count]")).to_have_text("2 / 2")
        page.keyboard.press("u")
        expect(page.locator("[data-desk-count]")).to_have_text("1 / 2")
        expect(page.locator(".desk-question")).to_have_text(asked)
        for _ in range(2):
            one_answer(page, "3")

        expect(page.get_by_role("heading", name="Round done")).to_be_visible()


def one_answer(page: Page, key: str) -> None:
    number = page.locator("[data-desk-grades] [name=op]").get_attribute("value")
    page.keyboard.press("Space")
    page.keyboard.press(key)
    page.locator(f"[data-desk-grades] [name=op][value='{number}']").wait_for(state="detached")
