"""A remark by keyboard where the sound stands; a second that plays; a question that keeps its second."""

from playwright.sync_api import Page, expect

from tests.e2e.pages import Stop, Visitors

PIECE = Stop("portfolio.show", "/portfolio/pieces/{beat}?version=1")

STOPPED_AT = """() => new Promise((done) => {
  const { player } = document.querySelector("[data-player]");
  const look = setInterval(() => {
    if (player.playing || player.time < 1.6) return;
    clearInterval(look);
    done(player.time);
  }, 20);
})"""


def at_second(page: Page, seconds: float) -> None:
    page.evaluate(f"document.querySelector('[data-player]').player.seek({seconds})")


def test_a_remark_by_keyboard_where_the_sound_stands_and_a_click_that_plays_it(visitors: Visitors) -> None:
    with visitors.at(PIECE, "ben") as page:
        at_second(page, 2.25)
        page.keyboard.press("c")
        expect(page.get_by_label("At", exact=True)).to_have_value("0:02.250")
        expect(page.get_by_label("What you hear")).to_be_focused()
        page.keyboard.type("Here, as at #0:01.5-0:02, the hat.")
        page.get_by_role("button", name="Keep the remark").click()

        mine = page.locator(".remark", has_text="Here, as at")
        expect(mine).to_have_attribute("data-start", "2.25")
        mine.get_by_role("link", name="#0:01.5-0:02").click()
        assert 1.9 < page.evaluate(STOPPED_AT) < 2.25


def test_q_keeps_the_second_and_its_question_leads_back_to_it(visitors: Visitors) -> None:
    with visitors.at(PIECE, "ada") as page:
        at_second(page, 1.5)
        page.keyboard.press("q")
        page.keyboard.type("Why does this sound so near?")
        page.keyboard.press("Control+Enter")
        expect(page.locator("[data-capture-kept]")).to_contain_text("Parked.")

        page.goto("/questions")
        page.locator(".questions .row", has_text="so near").get_by_role("link", name="Night bus, 0:01.500").click()
        page.wait_for_load_state()
        assert page.evaluate("document.querySelector('[data-player]').player.time") == 1.5
