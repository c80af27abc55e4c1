"""Sending files: a cut connection goes on after a reload, several files at once, a refusal beside its field."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.e2e import sounds
from tests.e2e.pages import Stop, Visitors

LARGE = 9_000_000  # octets: three parts


def test_a_cut_upload_goes_on_after_a_reload_where_it_stopped(visitors: Visitors, tmp_path: Path) -> None:
    file = tmp_path / "Long mix.wav"
    octets = sounds.wav(2)
    file.write_bytes(octets + b"LIST" + (LARGE - len(octets) - 8).to_bytes(4, "little") + b"\0" * (LARGE - len(octets)))
    with visitors.at(Stop("portfolio.show", "/portfolio/pieces/{empty}"), "ada") as page:
        parts = _parts_of(page, cut_after=1)
        page.get_by_label("File").set_input_files(file)
        page.get_by_role("button", name="Upload the version").click()
        expect(page.get_by_text("The connection is cut.")).to_be_visible()

        page.unroute_all()
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        again = _parts_of(page)
        page.get_by_label("File").set_input_files(file)
        page.get_by_role("button", name="Upload the version").click()

        expect(page.get_by_text("V1 of Something to come is here.")).to_be_visible()
        expect(page.get_by_text("Long mix.wav")).to_be_visible()
        assert parts[0] == "0" and again[0] == "4000000" and "0" not in again
        visitors.of("ada")[1].faults.clear()  # the cut connection


def _parts_of(page: Page, cut_after: int = 99) -> list[str]:
    """The places of the parts that are sent; from one of them on the connection is cut."""
    places: list[str] = []

    def look(route: Route) -> Any:
        if route.request.method != "PATCH":
            return route.continue_()
        places.append(route.request.url.rsplit("=", 1)[-1])
        return route.continue_() if len(places) <= cut_after else route.abort("connectionreset")

    page.route("**/portfolio/transfers/**", look)
    return places


def test_several_files_become_pieces_and_one_that_will_not_do_is_named(visitors: Visitors, tmp_path: Path) -> None:
    for name, octets in {"a1.wav": sounds.wav(1), "a2.html": b"<html>", "a10.txt": b"Words."}.items():
        (tmp_path / name).write_bytes(octets)
    with visitors.at(Stop("portfolio.index", "/portfolio"), "ada") as page:
        page.get_by_label("Several files at once").set_input_files(sorted(tmp_path.iterdir()))

        visitors.of("ada")[1].expected.add(415)
        error = page.locator(".drop .field-error").first
        expect(error).to_contain_text("1 of 3 are there. a2.html: ")
        expect(page.locator("#f-many")).to_be_focused()

        page.get_by_label("Several files at once").set_input_files(tmp_path / "a10.txt")
        expect(page.get_by_role("link", name="a10", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="a1", exact=True)).to_be_visible()
