"""Ada hears a lesson while she reads it: one sound against another, and a slider that changes one as it plays."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import Visitors
from tests.e2e.stop import Stop

DECIBELS = Stop("lessons.show", "/lessons/mix-decibels")
REMEMBER = """() => {
  window.heard = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!window.heard.includes(this)) window.heard.push(this);
    return play.call(this);
  };
}"""
SOUNDING = "() => window.heard.filter((one) => !one.paused).map((one) => [one.src, one.currentTime])"


def sounding(page: Page) -> list[tuple[str, float]]:
    return [(address, seconds) for address, seconds in page.evaluate(SOUNDING)]


def test_one_sound_takes_over_where_the_other_stood(visitors: Visitors) -> None:
    with visitors.at(DECIBELS, "ada") as page:
        page.evaluate(REMEMBER)
        first, second = page.get_by_role("button", name="First mix"), page.get_by_role("button", name="Second mix")
        first.click()
        expect(first).to_have_attribute("aria-pressed", "true")
        page.wait_for_function("() => window.heard[0].currentTime > 0.6")
        second.click()
        expect(second).to_have_attribute("aria-pressed", "true")
        expect(first).to_have_attribute("aria-pressed", "false")

        ((_, seconds),) = sounding(page)
        second.click()
        expect(second).to_have_attribute("aria-pressed", "false")
        silence = sounding(page)

    assert seconds > 0.5
    assert silence == []


def test_a_slider_changes_the_sound_by_keyboard_while_it_plays(visitors: Visitors) -> None:
    with visitors.at(DECIBELS, "ada") as page:
        page.evaluate(REMEMBER)
        board = page.locator("[data-try]").first
        slider, play = board.get_by_role("slider", name="Level"), board.get_by_role("button", name="Play")
        play.click()
        expect(play).to_have_attribute("aria-pressed", "true")
        page.wait_for_function("() => window.heard[0].currentTime > 0.4")
        ((before, _),) = sounding(page)

        slider.press("ArrowRight")
        expect(slider).to_have_attribute("aria-valuetext", "−1 dB")
        page.wait_for_function(f"() => window.heard.some((one) => !one.paused && one.src !== '{before}')")
        page.get_by_role("button", name="First mix").click()  # one sound stops another
        expect(play).to_have_attribute("aria-pressed", "false")

        assert len(sounding(page)) == 1


@pytest.mark.parametrize("title", ["theory-pitch", "mix-decibels", "daw-signal-path"])
def test_a_phone_shows_the_examples_whole(visitors: Visitors, title: str) -> None:
    with visitors.at(Stop("lessons.show", f"/lessons/{title}"), "ada") as page:
        page.set_viewport_size({"width": 390, "height": 844})

        over = "[...document.querySelectorAll('.example')].map((one) => one.scrollWidth - one.clientWidth)"
        assert max(page.evaluate(over)) <= 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
