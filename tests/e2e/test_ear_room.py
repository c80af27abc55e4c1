"""The ear room in a browser: a question by keyboard, and the bell of Correct mode, which is the server's own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from curriculum.ear import residue
from curriculum.ear.residue import Bell
from tests.e2e import reviewers
from tests.e2e.pages import Stop, Visitors
from tests.e2e.server import Server

BELLS = [Bell(62.5, 12, 0.5), Bell(1000.0, -9, 1.4), Bell(8000.0, 12, 4.0), Bell(250.0, 0, 1.0)]
PLACES = [40, 63, 100, 250, 500, 1000, 2000, 4000, 6300, 8000, 12500, 16000]
CURVE = """async ([file, rate, bell, places]) => {
  const { Bell, RATE } = await import(file);
  const context = new OfflineAudioContext(1, rate, rate);
  const made = new Bell(context);
  made.set(bell);
  const size = places.length, found = new Float32Array(size);
  made.filter.getFrequencyResponse(new Float32Array(places), found, new Float32Array(size));
  return { rate: RATE, level: made.level.gain.value, decibels: [...found].map((one) => 20 * Math.log10(one)) };
}"""


@pytest.fixture(scope="module")
def visitors(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:
    data = tmp_path_factory.mktemp("ear-room") / "data"
    people = reviewers.fill(data)
    with Server(data) as server:
        found = Visitors(browser, server.url, people)
        yield found
        found.close()
        assert not server.new_faults()


@pytest.fixture
def page(visitors: Visitors) -> Iterator[Page]:
    with visitors.at(Stop("", "/ear"), "ada") as found:
        yield found


def begins(page: Page, skill: str) -> None:
    page.get_by_role("button", name=f"Begin a round of {skill}").click()
    page.wait_for_url("**/ear/rounds/*")


def test_a_question_is_played_and_answered_by_keyboard(page: Page) -> None:
    asked_for = []
    page.on("request", lambda request: asked_for.append(request.url))
    begins(page, "Intervals")

    page.keyboard.press("p")
    page.get_by_role("button", name="It is right, go on").click()
    expect(page.locator("[data-ear-plays]")).to_have_value("1")
    page.keyboard.press("p")
    expect(page.locator("[data-ear-plays]")).to_have_value("2")
    sounds = [one for one in asked_for if "/sound/" in one]
    page.keyboard.press("1")

    page.wait_for_url("**answered=1")
    expect(page.get_by_role("button", name="Next")).to_be_focused()
    assert sounds and not any("semitones" in one or "given" in one for one in asked_for)
    page.keyboard.press("Space")
    expect(page.get_by_text("2 / 10")).to_be_visible()


def test_an_equaliser_is_undone_with_sliders(page: Page) -> None:
    begins(page, "Correct")
    frequency, gain = page.get_by_role("slider", name="Frequency"), page.get_by_role("slider", name="Gain")

    expect(frequency).to_have_attribute("aria-valuetext", "1 kHz")
    frequency.press("ArrowLeft")
    expect(frequency).to_have_attribute("aria-valuetext", "500 Hz")
    gain.press("Home")
    expect(gain).to_have_attribute("aria-valuetext", "−12 dB")
    page.keyboard.press("p")
    page.get_by_role("button", name="It is right, go on").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Through your bell")).to_have_attribute("aria-pressed", "false")
    frequency.press("Enter")

    expect(page.get_by_text("dB is left at most")).to_be_visible()
    expect(page.get_by_role("button", name="As you left it")).to_be_visible()


def test_the_browsers_bell_is_the_servers_within_a_tenth_of_a_decibel(page: Page) -> None:
    begins(page, "Correct")
    script = page.locator("script[src*='js/correct.js']").get_attribute("src")
    assert script is not None
    for bell in BELLS:
        values = {"freq": bell.freq_hz, "gain": bell.gain_db, "q": bell.q}
        found = page.evaluate(CURVE, [script.replace("correct.js", "bell.js"), residue.RATE, values, PLACES])

        assert found["rate"] == residue.RATE
        ours = [residue.decibels(bell, place) for place in PLACES]
        assert found["decibels"] == pytest.approx(ours, abs=0.1)
        assert max(abs(one - other) for one, other in zip(found["decibels"], ours, strict=True)) < 0.001
        assert found["level"] == pytest.approx(10 ** (-max(0, bell.gain_db) / 20), abs=1e-6)
