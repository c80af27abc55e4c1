"""The capture box by keyboard and by thumb: the page goes on where it was, and no word is lost."""

from playwright.sync_api import Page, expect

from tests.e2e import hands
from tests.e2e.pages import Stop, Visitors, as_on_a_phone

DRAFTS = "Object.keys(localStorage).filter((name) => name.startsWith('woodshed.draft.')).length"


def asks(page: Page, words: str) -> None:
    page.keyboard.press("q")
    expect(page.locator("#capture-text")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-capture-kept]")).to_contain_text("Parked.")
    expect(page.locator("[data-capture-box]")).to_be_hidden()


def test_a_question_at_the_desk_by_keyboard_alone_and_the_sitting_goes_on(visitors: Visitors) -> None:
    with visitors.at(Stop("reviews.desk", "/reviews"), "ada") as page:
        page.evaluate("window.isThisSitting = true")
        hands.leaves_field(page)
        card = hands.question(page)
        asks(page, "Why? 1 u s")
        hands.shows_answer(page)
        asks(page, "And why so?")
        assert hands.question(page) == card
        assert page.evaluate("document.activeElement.closest('.desk-grades') !== null")
        hands.strikes(page, "3")
        following = hands.question(page)
        assert following != card
        assert page.evaluate("window.isThisSitting") is True
        hands.leaves_field(page)
        asks(page, "And this one?")

        page.goto("/questions")
        expect(page.locator(f".questions a[href='/cards/{card}']")).to_have_count(2)
        expect(page.locator(f".questions a[href='/cards/{following}']")).to_have_count(1)


def test_escape_puts_the_words_away_and_the_next_page_has_them(visitors: Visitors) -> None:
    with visitors.at(Stop("lessons.show", "/lessons/{done}"), "ada") as page:
        page.keyboard.press("q")
        page.keyboard.type("What was it again?")
        page.keyboard.press("Escape")
        page.goto("/stats")
        page.keyboard.press("q")

        expect(page.locator("#capture-text")).to_have_value("What was it again?")


def test_a_thumb_keeps_something_to_do_from_any_page(visitors: Visitors) -> None:
    with visitors.at(Stop("portfolio.index", "/portfolio"), "ada") as page:
        as_on_a_phone(page)
        page.get_by_role("navigation", name="At hand").get_by_role("link", name="Keep").click()
        page.locator("#capture-text").fill("Ask for the stems")
        page.get_by_label("To do", exact=True).check()
        keep = page.get_by_role("button", name="Keep it")
        assert keep.bounding_box()["y"] > page.viewport_size["height"] / 2  # where a thumb is
        keep.click()

        expect(page.locator("[data-capture-kept]")).to_contain_text("On your list")
        page.goto("/sessions")
        expect(page.get_by_role("main")).to_contain_text("Ask for the stems")


def test_a_half_written_review_is_there_after_a_reload_until_it_is_sent(visitors: Visitors) -> None:
    with visitors.at(Stop("feedback.show", "/feedback/{asked_review}"), "ada") as page:
        page.get_by_label("Weakest").fill("The second verse.")
        page.reload()
        expect(page.get_by_label("Weakest")).to_have_value("The second verse.")
        for part in ("First impression", "Strongest", "Next step"):
            page.get_by_label(part).fill(f"{part}!")
        page.get_by_role("button", name="Send to Ben").click()

        expect(page.get_by_role("heading", name="What you hear")).to_be_visible()
        expect(page.locator(".parts")).to_contain_text("The second verse.")
        page.wait_for_function(f"{DRAFTS} === 0")


def test_a_lost_network_loses_no_word_and_signing_out_leaves_none(visitors: Visitors) -> None:
    with visitors.at(Stop("stats.show", "/stats"), "ada") as page:
        page.context.set_offline(True)
        page.keyboard.press("q")
        page.locator("#capture-text").fill("Is this kept?")
        page.get_by_role("button", name="Keep it").click()
        expect(page.locator("[data-capture-said]")).to_contain_text("The server cannot be reached")
        expect(page.locator("#capture-text")).to_have_value("Is this kept?")
        page.context.set_offline(False)
        visitors.of("ada")[1].faults.clear()  # the browser's own line about the lost network
        page.reload()
        page.keyboard.press("q")
        expect(page.locator("#capture-text")).to_have_value("Is this kept?")
        page.get_by_role("button", name="Keep it").click()
        expect(page.locator("[data-capture-kept]")).to_contain_text("See")
        page.wait_for_function(f"{DRAFTS} === 0")

        page.keyboard.press("q")
        page.locator("#capture-text").fill("Not for the next one here")
        page.keyboard.press("Escape")
        assert page.evaluate(DRAFTS) == 1
        page.locator(".bar-you summary").click()
        page.locator(".bar-you").get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in**")
        page.wait_for_function(f"{DRAFTS} === 0")
