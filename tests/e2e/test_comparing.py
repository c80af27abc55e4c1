"""Ada hears her versions against each other: as loud, at the same place, blind; and plays one by keyboard alone."""

import base64
import re
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import sounds
from tests.e2e.pages import Visitors
from tests.e2e.stop import Stop

TAKES = Stop("comparing.show", "/portfolio/pieces/{takes}/compare?side={take_1}&side={take_2}&side={take_3}")
PIECE = Stop("portfolio.show", "/portfolio/pieces/{beat}")
SWITCHED = 2.0  # seconds
RENDER = """async ([seconds, rate, switches]) => {
  const script = document.querySelector('script[src*="js/deck.js"]').src;
  const { Buffers } = await import(new URL("deck-buffers.js", script).href);
  const sides = [...document.querySelectorAll("[data-deck-side]")].map((side) => side.dataset);
  const context = new OfflineAudioContext(2, seconds * rate, rate);
  const engine = new Buffers(context, sides.map((side) => side.src), sides.map((side) => Number(side.gain)));
  await engine.load();
  for (const [side, when] of switches) engine.select(side, when);
  engine.play(0);
  const heard = await context.startRendering();
  const both = [0, 1].map((channel) => new Uint8Array(heard.getChannelData(channel).buffer));
  return both.map((bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  });
}"""
LISTEN = """async () => {
  const deck = document.querySelector("[data-deck]").deck;
  deck.element.dataset.deck = "elements";
  await deck.play();
  const { graph, context } = deck.engine;
  const ears = graph.inputs.slice(0, 2).map((input) => {
    const ear = context.createAnalyser();
    ear.fftSize = 32768;
    input.connect(ear);
    return ear;
  });
  await new Promise((done) => setTimeout(done, 1200));
  await deck.engine.select(1);
  const apart = deck.engine.sounds.map((sound) => deck.engine.apart(sound));
  const heard = ears.map((ear) => new Float32Array(ear.fftSize));
  ears.forEach((ear, side) => ear.getFloatTimeDomainData(heard[side])); // at once: the sound goes on meanwhile
  deck.pause();
  return { apart, heard: heard.map((samples) => [...samples]), rate: context.sampleRate };
}"""


def render(page: Page, *switches: tuple[int, float]) -> np.ndarray:
    """What comes out of the deck with these switches (side, second), made by the page's own graph."""
    channels = page.evaluate(RENDER, [4, sounds.RATE, [list(one) for one in switches]])
    return np.stack([np.frombuffer(base64.b64decode(one), dtype=np.float32) for one in channels], axis=1)


def test_matched_sides_are_as_loud_and_a_switch_moves_nothing(visitors: Visitors) -> None:
    with visitors.at(TAKES, "ada") as page:
        alone = [render(page, (side, 0.0)) for side in range(3)]
        switched = render(page, (0, 0.0), (1, SWITCHED))

    loudness = [sounds.loudness(one) for one in alone]
    assert max(loudness) - min(loudness) <= 0.1
    assert max(np.abs(one).max() for one in alone) <= 1.0
    begins, ends = round(SWITCHED * sounds.RATE), round((SWITCHED + 0.0201) * sounds.RATE)
    assert np.abs(switched[:begins] - alone[0][:begins]).max() < 1e-6
    assert np.abs(switched[ends:] - alone[1][ends:]).max() < 1e-6  # the very sample at which the other one would be
    fade = np.abs(switched[begins:ends]).max(axis=1)
    assert (fade <= np.maximum(*(np.abs(one[begins:ends]).max(axis=1) for one in alone[:2])) + 1e-6).all()


def test_long_sounds_are_less_than_10_ms_apart_at_a_switch(visitors: Visitors) -> None:
    with visitors.at(TAKES, "ada") as page:
        page.locator("[data-deck-play]").focus()
        found = page.evaluate(LISTEN)

    first, second = (np.array(one) for one in found["heard"])
    assert min(np.abs(first).max(), np.abs(second).max()) > 0.01
    assert abs(lag(first, second) / found["rate"]) < 0.010
    assert max(abs(one) for one in found["apart"][:2]) < 0.010


def lag(one: np.ndarray, other: np.ndarray) -> int:
    """By how many samples they are apart."""
    size = 2 * len(one)
    product = np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size))
    found = int(np.argmax(np.fft.irfft(product, size)))
    return found if found < len(one) else found - size


def test_ada_compares_blind_by_keyboard_and_reads_the_result(visitors: Visitors) -> None:
    with visitors.at(TAKES, "ada") as page:
        page.get_by_label("Rounds").select_option("3")
        page.get_by_role("switch").check()
        page.keyboard.press("Escape")
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        names = page.locator("[data-deck-name]")
        for round_number in (1, 2, 3):
            expect(page.locator("[data-deck-asked]")).to_contain_text(f"Round {round_number} of 3")
            expect(names).to_have_text(["A", "B", "C"])
            for key in "123":
                page.keyboard.press(key)
            quiet = page.evaluate("document.querySelector('[data-deck]').deck.blind.order.indexOf(1)")  # peeks: V2
            page.keyboard.press(str(quiet + 1))
            page.keyboard.press("p")
        expect(page.locator("[data-deck-said]")).to_have_text("The result is kept with this piece.")
        expect(names).to_have_text(["V1", "V2", "V3"])
        expect(page.locator("[data-deck-told] li").first).to_have_text("V2: 3 of 3 rounds")
        page.reload()

        expect(page.get_by_text("Ada preferred V2 in 3 of 3 rounds, blind")).to_be_visible()


def test_the_player_is_a_slider_for_keys_and_plays_stretches(visitors: Visitors) -> None:
    with visitors.at(PIECE, "ada") as page:
        player = page.locator("[data-player]")
        slider = player.get_by_role("slider")
        page.evaluate("addEventListener('player:time', ({ detail }) => { window.told = detail; })")
        slider.press("End")
        expect(slider).to_have_attribute("aria-valuetext", "0:03 of 0:03")
        slider.press("ArrowLeft")
        expect(slider).to_have_attribute("aria-valuenow", "0.0")
        slider.press("PageUp")
        slider.press("Home")
        slider.press("Space")
        expect(player.get_by_role("button", name="Pause")).to_be_visible()
        expect(slider).to_have_attribute("aria-valuenow", re.compile(r"^(0\.[3-9]|[12])"))
        slider.press("Space")
        expect(player.get_by_role("button", name="Play")).to_be_visible()
        box: Any = slider.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 3, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 2 / 3, box["y"] + 20, steps=3)
        page.mouse.up()
        start, end = page.evaluate("document.querySelector('[data-player]').player.stretch")
        assert (start, end) == pytest.approx((1, 2), abs=0.05)
        page.evaluate(
            """() => {
              const link = document.createElement("a");
              Object.assign(link, { href: "#t=2.2", textContent: "Play from 2.2" });
              [link.dataset.playAt, link.dataset.playTo] = ["2.2", "2.5"];
              document.querySelector("main").append(link);
            }"""
        )
        page.get_by_text("Play from 2.2").press("Enter")
        expect(slider).to_have_attribute("aria-valuenow", "2.5")
        expect(player.get_by_role("button", name="Play")).to_be_visible()
        told = page.evaluate("window.told")
        assert (told["playing"], told["seconds"]) == (False, pytest.approx(2.5, abs=0.01))
        assert UUID(player.get_attribute("data-version") or "")
