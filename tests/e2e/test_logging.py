"""Logging with fingers: a meeting in a few taps, kinds that change under one's words, texts that are never lost."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import sounds
from tests.e2e.pages import Stop, Visitors, as_on_a_phone

NEW = Stop("sessions.new", "/sessions/new")
SESSION = re.compile(r"/sessions/[0-9a-f-]{36}")


@dataclass
class Fingers:
    """What a person does, counted: a tap, or a tap into a field with typing."""

    page: Page
    steps: int = 0

    def tap(self, what: Locator) -> None:
        self.steps += 1
        what.click()

    def type(self, where: Locator, words: str) -> None:
        self.tap(where)
        self.page.keyboard.type(words)


def test_a_meeting_is_logged_in_at_most_eight_steps_on_a_phone(visitors: Visitors) -> None:
    with visitors.at(Stop("home.today", "/"), "ada") as page:
        as_on_a_phone(page)
        hand = Fingers(page)
        hand.tap(page.get_by_role("link", name="Keep", exact=True))
        hand.tap(page.get_by_role("link", name="Log a session"))
        hand.tap(page.get_by_role("radio", name="Meeting"))
        hand.type(page.locator("#f-minutes"), "45")
        hand.type(page.locator("#f-did"), "We cut the drums.")
        hand.type(page.locator("#f-take"), "Less is more.")
        hand.type(page.locator("#f-next"), "Bounce V4")
        hand.tap(page.get_by_role("button", name="Log it"))
        page.wait_for_url(SESSION)

        assert hand.steps <= 8
        expect(page.get_by_role("heading", level=1)).to_contain_text("Meeting with Ben held")
        expect(page.locator("#notes")).to_contain_text("Less is more.")
        expect(page.locator("#actions")).to_contain_text("Bounce V4")


def test_what_was_typed_stays_when_the_kind_changes(visitors: Visitors) -> None:
    with visitors.at(NEW, "ben") as page:
        page.locator("#f-did").fill("We cut the drums.")
        page.get_by_role("radio", name="Practice").check()
        expect(page.locator("#f-did")).to_be_hidden()
        expect(page.locator("#f-who")).to_be_hidden()
        expect(page.locator("#f-goal")).to_be_visible()
        page.get_by_role("radio", name="Studio").check()

        expect(page.locator("#f-did")).to_have_value("We cut the drums.")
        expect(page.locator("#f-goal")).to_be_hidden()


def test_the_kinds_are_chosen_by_keys(visitors: Visitors) -> None:
    with visitors.at(NEW, "ben") as page:
        page.get_by_role("radio", name="Meeting").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")

        expect(page.get_by_role("radio", name="Practice")).to_be_checked()
        expect(page.locator("#f-goal")).to_be_visible()


def test_a_text_that_is_too_long_never_leaves_the_page(visitors: Visitors) -> None:
    with visitors.at(Stop("sessions.new", "/sessions/new?kind=practice"), "ben") as page:
        page.locator("details.log-more").first.evaluate("one => { one.open = true; }")
        page.locator("#f-notes").fill("x" * 200_000)
        page.get_by_role("button", name="Log it").click()

        said = page.locator("#f-notes").evaluate("field => field.validationMessage")
        assert said == "This text has 200000 characters; we keep up to 20000. Shorten it a little."
        assert "/sessions/new" in page.url
        assert len(page.locator("#f-notes").input_value()) == 200_000


def test_practice_is_logged_with_a_voice_memo_that_plays(visitors: Visitors, tmp_path: Path) -> None:
    memo = tmp_path / "Even sixteenths.wav"
    memo.write_bytes(sounds.wav(2.0))
    with visitors.at(Stop("sessions.new", "/sessions/new?kind=practice"), "ben") as page:
        page.locator("#f-goal").fill("Even sixteenths")
        page.locator("details.log-more").first.evaluate("one => { one.open = true; }")
        page.locator("#f-file").set_input_files(memo)
        page.get_by_role("button", name="Log it").click()
        page.wait_for_url(SESSION)

        player = page.locator("audio")
        expect(player).to_be_visible()
        player.evaluate("one => new Promise(go => { if (one.readyState) go(); else one.onloadedmetadata = go; })")
        assert player.evaluate("one => one.duration") == pytest.approx(2.0, abs=0.1)


def test_a_wrong_file_is_said_and_the_form_stays(visitors: Visitors, tmp_path: Path) -> None:
    page_file = tmp_path / "memo.wav"
    page_file.write_text("<script>alert(1)</script>")
    with visitors.at(Stop("sessions.new", "/sessions/new?kind=practice"), "ben") as page:
        watch = visitors.of("ben")[1]
        watch.expected |= {415}
        page.locator("#f-goal").fill("Even sixteenths")
        page.locator("details.log-more").first.evaluate("one => { one.open = true; }")
        page.locator("#f-file").set_input_files(page_file)
        page.get_by_role("button", name="Log it").click()

        expect(page.get_by_text("The name says WAV, but this is a web page")).to_be_visible()
        expect(page.locator("#f-goal")).to_have_value("Even sixteenths")
