"""Every page: what axe finds, on a desktop in light and on a phone in dark; nothing wider than a phone."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from app import create_app
from core.settings import Settings
from tests.conftest import KEY
from tests.e2e.pages import STOPS, Visitors, as_on_a_phone
from tests.e2e.server import MAIL
from tests.e2e.stop import Stop
from tests.gather import topics

NO_PAGES = {  # routes that answer GET with something else than a page
    "static",
    "profile.health",
    "profile.hello",
    "lessons.picture",
    "stats.log",
    "portfolio.file",
    *("imports.file", "exports.file", "exports.table"),
    *("profile.openapi", "api.queue"),
    *(name for topic in topics("e2e/topics") for name in getattr(topic, "NO_PAGES", ())),
}
ALL_RULES = {"resultTypes": ["violations"], "preload": False}  # only a rule about turned phones asks for the sheets
BUT_FOR_COLOURS = ALL_RULES | {"rules": {"color-contrast": {"enabled": False}}}
NARROW = ALL_RULES | {  # what the dark theme and a phone's width can change
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]},
    "rules": {"target-size": {"enabled": True}},
}
NAMELESS = {stop.endpoint for stop in STOPS if not stop.name}
ONLY_WITH_NAMES = {stop.endpoint for stop in STOPS} - NAMELESS
VISITS = [(stop, person) for stop in STOPS for person in stop.people]
NAMES = [f"{stop.title}-{person or 'nobody'}" for stop, person in VISITS]

RUN_AXE = "options => axe.run(options).then(found => found.violations)"

SITE = MAIL


@pytest.mark.parametrize(
    ("stop", "person"), VISITS, ids=[f"{stop.title}-{person or 'nobody'}" for stop, person in VISITS]
)
def test_a_page_is_without_barriers_in_light_and_dark_and_fits_a_phone(
    visitors: Visitors, stop: Stop, person: str
) -> None:
    with visitors.in_one_tab(stop, person) as page:
        unfold(page)
        page.evaluate(AXE_SCRIPT)
        is_first = person == stop.people[0]  # others see it in the same colours
        found = {"desktop, light": violations(page, ALL_RULES if is_first else BUT_FOR_COLOURS)}
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        fingers = as_on_a_phone(page)
        page.evaluate("scrollTo(0, 0)")  # what the bar at the foot covers is no small target
        is_base = not stop.name or stop.endpoint in ONLY_WITH_NAMES
        if is_base and is_first:  # its other states have the same sheets
            found["phone, dark"] = violations(page, NARROW)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        sideways = page.evaluate(WIDER)
        fingers.detach()

    assert not {where: what for where, what in found.items() if what}
    assert not sideways, "reaches beyond 390 px"


def test_every_page_of_the_url_map_is_visited() -> None:
    app = create_app(Settings(secret_key=KEY, database_url="sqlite://", **MAIL))
    app.extensions["database"].engine.dispose()
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}

    assert pages == NO_PAGES | {stop.endpoint for stop in STOPS}


# If the page can be moved sideways: what is seen beyond its right edge.
WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")]
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > room + 1)
    .map(one => `${one.tagName.toLowerCase()}.${one.getAttribute("class")} ${one.textContent.trim().slice(0, 30)}`)
    .slice(0, 8);
}"""


def unfold(page: Page) -> None:
    """Open what is folded but for menus, which lie over the page."""
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")


def violations(page: Page, options: dict[str, object]) -> list[str]:
    found = page.evaluate(RUN_AXE, options)
    return [
        f"{rule['id']}: {rule['help']} {node['target']} {node['html'][:200]} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"][:3]
    ]
