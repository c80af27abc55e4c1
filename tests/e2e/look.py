"""`python -m tests.e2e.look FOLDER`: pictures of every page, on a desktop and a phone, in light and dark.

For eyes: what axe finds is tested, but only a person sees what is crowded, puzzling or ugly.
"""

import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from tests.e2e import cast
from tests.e2e.browser import FLAGS, find_browser
from tests.e2e.pages import STOPS, Visitors, as_on_a_phone
from tests.e2e.server import MAIL, Server

LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main(folder: Path, only: str = "") -> int:
    """Save the pictures into the folder. only: part of the pages' titles, such as "milestones". Returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    stops = [stop for stop in STOPS if only in stop.title]
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "data"
        people = cast.fill(data)
        with Server(data, registration="open", **MAIL) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
            visitors = Visitors(browser, server.url, people)
            for number, stop in enumerate(stops, 1):
                for person in stop.people:
                    with visitors.at(stop, person) as page:
                        save(page, folder / f"{number:02d}-{stop.title}-{person or 'nobody'}")
            browser.close()
    return len(list(folder.glob("*.png")))


def save(page: Page, start: Path) -> None:
    """Four pictures of the whole page. start: their path without size, light and ending."""
    for size in ("desktop", "phone"):
        if size == "phone":
            as_on_a_phone(page)
        for light in LIGHTS:
            page.emulate_media(color_scheme=light, reduced_motion="reduce")
            make_room(page)
            page.screenshot(path=f"{start}-{size}-{light}.png")


def make_room(page: Page) -> None:
    """A window as high as the page, so that the bar at its foot covers nothing."""
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    page.set_viewport_size({"width": width, "height": height})


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("Usage: python -m tests.e2e.look FOLDER [PART OF A PAGE'S TITLE]")
    print(f"{main(Path(sys.argv[1]), *sys.argv[2:3])} pictures are in {sys.argv[1]}")
