"""A mix and its mentor: remarks at seconds, the next version, a missed target with its reason, and the pack of it."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e import sounds
from tests.e2e.pages import PHONE, Visitors

SECONDS = 10.0
REMARKS = [  # at, to, kind, what Ben hears
    ("0:01", "", "fix", "The kick is late here."),
    ("0:02", "0:04", "fix", "Too much hat. Compare with #0:06."),
    ("0:04.500", "", "fix", "A click."),
    ("0:05", "0:07.250", "idea", "Leave the hat out for these two beats."),
    ("0:08", "", "fix", "The end comes too soon."),
    ("0:09", "", "praise", "This tail is lovely."),
]
NOT_YET = "The kick is late here."
REASON = "Left loud on purpose: the next lesson is about the limiter."
MEASURED = 60_000  # ms; the meter waits for its turn on a busy machine


def stereo(peak: float, tempo: float) -> bytes:
    """A beat with its two sides a little apart. peak: linear."""
    left = sounds.beat(SECONDS, tempo)
    right = 0.8 * left + 0.2 * np.roll(left, 40)
    both = np.stack([left, right], axis=1)
    file = io.BytesIO()
    sf.write(file, both / np.abs(both).max() * peak, sounds.RATE, format="WAV")
    return file.getvalue()


@pytest.fixture
def people(visitors: Visitors) -> tuple[Page, Page]:
    """Cleo, who has no older versions for the meter to hear first, on a phone; Ben at a desk."""
    cleo, ben = (visitors.of(name)[0].new_page() for name in ("cleo", "ben"))
    cleo.set_viewport_size(PHONE)
    return cleo, ben


def test_six_remarks_lead_to_a_version_a_milestone_and_a_pack(
    people: tuple[Page, Page], visitors: Visitors, tmp_path: Path
) -> None:
    cleo, ben = people
    address = uploads(cleo, "Harbour lights", stereo(0.4, 96))
    cleo.get_by_role("button", name="Show it to Ben").click()
    ben.goto(address)
    for remark in REMARKS:
        writes_a_remark(ben, *remark)
    card = makes_a_card_of(cleo, address, "Too much hat")
    uploads_the_next(cleo, stereo(0.95, 97))
    fixed = [words for _, _, kind, words in REMARKS if kind != "praise"]
    for words in fixed:
        says_it_is_fixed(cleo, words)
    ben.goto(address)
    for words in fixed:
        judges(ben, words, is_fixed=words != NOT_YET)
    cleo.goto(address)
    expect(cleo.locator("#to-check")).to_contain_text("4 of 5 heard as fixed")
    hands_in(cleo)
    verifies(ben, visitors.cast.ids["cleo"])
    cleo.goto("/milestones/full-mix")
    expect(cleo.get_by_role("main")).to_contain_text("verified")
    pack = makes_the_pack(cleo)

    (tmp_path / "pack.pdf").write_bytes(pack)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pack)).pages).split())
    for words in ("Harbour lights", "Full mix with revisions", REASON, "Ben", *(words[:20] for *_, words in REMARKS)):
        assert words in text, words
    cleo.goto(card)
    expect(cleo.locator("audio").first).to_be_attached()
    for name in ("cleo", "ben"):
        assert not visitors.of(name)[1].faults


def uploads(page: Page, title: str, sound: bytes) -> str:
    """Returns the piece's address once the meter has heard it."""
    page.goto("/portfolio/pieces/new")
    page.get_by_label("Title").fill(title)
    page.get_by_label("First version").set_input_files(
        files=[{"name": "mix-v1.wav", "mimeType": "audio/wav", "buffer": sound}]
    )
    page.get_by_role("button", name="Add the piece").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    waits_for_the_meter(page)
    return page.url


def waits_for_the_meter(page: Page) -> None:
    under_way = page.locator("#measuring[data-work]")
    if under_way.count():
        page.get_by_text("Show what came out").click(timeout=MEASURED)
    expect(under_way).to_have_count(0)
    expect(page.get_by_text("LUFS").first).to_be_visible()


def writes_a_remark(page: Page, at: str, to: str, kind: str, words: str) -> None:
    form = page.locator("[data-remark-form]")
    form.get_by_label("At", exact=True).fill(at)
    form.get_by_label(re.compile("^To")).fill(to)
    form.get_by_text(kind, exact=False).first.click()
    form.get_by_label("What you hear").fill(words)
    form.get_by_role("button", name="Keep the remark").click()
    expect(page.locator("#remarks li").filter(has_text=words[:12])).to_be_visible()


def makes_a_card_of(page: Page, address: str, words: str) -> str:
    """Returns the card's address."""
    page.goto(address)
    page.locator("#remarks li").filter(has_text=words).get_by_role("link", name=re.compile("^More")).click()
    page.get_by_label("How it was mended").fill("Hat 4 dB down, darker from 8 kHz.")
    page.get_by_role("button", name="Make a card of it").click()
    expect(page.get_by_text("It is a card of yours now")).to_be_visible()
    card = page.url
    page.goto(address)
    return card


def uploads_the_next(page: Page, sound: bytes) -> None:
    page.locator("form[data-several] [type=file]").set_input_files(
        files=[{"name": "mix-v2.wav", "mimeType": "audio/wav", "buffer": sound}]
    )
    page.get_by_label("What changed").fill("Kick earlier, hat down from #0:02.")
    page.get_by_role("button", name="Upload the version").click()
    expect(page.get_by_role("heading", name="Check list for V2")).to_be_visible()
    waits_for_the_meter(page)


def says_it_is_fixed(page: Page, words: str) -> None:
    row = page.locator("#to-check li.remark").filter(has_text=words[:16])
    row.get_by_role("button", name="Fixed in V2").click()
    expect(row.get_by_role("button", name="Fixed in V2")).to_have_count(0)


def judges(page: Page, words: str, *, is_fixed: bool) -> None:
    row = page.locator("#to-check li.remark").filter(has_text=words[:16])
    row.get_by_role("button", name="Yes, it is" if is_fixed else "Not yet").click()
    expect(row.get_by_role("button", name="Yes, it is")).to_have_count(0)


def hands_in(page: Page) -> None:
    """With a reason for whatever is not met; the true peak of V2 is over the target, and she says why."""
    page.goto("/milestones/full-mix")
    page.get_by_role("button", name="Start this milestone").click()
    for item, version in (("mix-v1", "V1"), ("mix-v2", "V2")):
        page.locator(f"#f-version-{item}").select_option(label=f"Harbour lights, {version}")
        page.locator("form", has=page.locator(f"#f-version-{item}")).get_by_role("button", name="Link it").click()
        expect(page.locator(f"#f-version-{item}")).to_be_hidden()
    expect(page.get_by_role("main")).to_contain_text("dBTP")
    form = page.locator("section", has=page.locator("#hand-in")).locator("form")
    form.evaluate("form => { for (const one of form.querySelectorAll('details')) one.open = true; }")
    for field in form.locator("[name^='reasons.']").all():
        field.fill(REASON)
    form.get_by_role("button", name="Send to Ben").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("submitted")


def verifies(page: Page, cleo: str) -> None:
    page.goto(f"/apprentices/{cleo}/milestones/full-mix")
    expect(page.get_by_role("main")).to_contain_text(REASON)
    page.get_by_role("button", name=re.compile("^Verify at level 3")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("verified")


def makes_the_pack(page: Page) -> bytes:
    page.get_by_role("button", name="Make the pack").click()
    page.get_by_role("link", name="Save the PDF").wait_for(timeout=MEASURED)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the PDF").click()
    return Path(saved.value.path()).read_bytes()
