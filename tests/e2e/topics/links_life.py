"""Pages about links: agreements, handing on, fit checks, and links that are paused or completed."""

from uuid import UUID

from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session

from mentorship import agreements, fit_checks, handovers, invitations, links, sessions
from mentorship.agreements import Terms
from mentorship.sessions import Between, Entry
from tests.e2e.cast import Cast, days_ago
from tests.e2e.stop import Stop

BOTH = ("ada", "ben")


def sends_no_mark(page: Page) -> None:
    page.locator(".fit-form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    page.locator(".field-error").first.wait_for()


def opens_all(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('.figures-behind')) one.open = true")


def writes_to_two(page: Page) -> None:
    page.get_by_label("Their e-mail address").first.fill("one@example.com, two@example.com")
    page.get_by_role("button", name="Invite a mentor").click()
    page.locator(".field-error").first.wait_for()


STOPS: list[Stop] = [
    Stop("links.index", "/mentors", ("ada",), "refused", 200, writes_to_two),
    Stop("links.index", "/mentors", ("gil", "hana"), "over"),
    Stop("links.show", "/links/{link_cleo_ben}", ("cleo", "ben"), "begun"),
    Stop("links.show", "/links/{link_gil_ben}", ("gil", "ben"), "paused"),
    Stop("links.show", "/links/{link_hana_ben}", ("hana",), "completed"),
    Stop("agreements.show", "/links/{link_ada_ben}/agreement", BOTH, "change", 200, opens_all),
    Stop("agreements.show", "/links/{link_cleo_ben}/agreement", ("cleo",), "none"),
    Stop("agreements.edit", "/links/{link_cleo_ben}/agreement/edit", ("cleo",), "first"),
    Stop("agreements.edit", "/links/{link_ada_ben}/agreement/edit", ("ada",), "change"),
    Stop("handovers.show", "/links/{link_ada_ben}/handed", ("ada",)),
    Stop("handovers.show", "/links/{link_cleo_ben}/handed", ("cleo",), "none"),
    Stop("fit_checks.show", "/links/{link_ada_ben}/fit", BOTH, "", 200, opens_all),
    Stop("fit_checks.show", "/links/{link_cleo_ben}/fit", ("cleo",), "first"),
    Stop("fit_checks.show", "/links/{link_cleo_ben}/fit", ("cleo",), "refused", 200, sends_no_mark),
]


def fill(cast: Cast, db: Session, app: Flask) -> None:
    library = app.extensions["shelf"].library
    ada, ben, cleo, gil, hana = (cast.id_of(name) for name in ("ada", "ben", "cleo", "gil", "hana"))
    for name in ("gil", "hana"):
        _, secret = invitations.invite(db, cast.id_of(name), "mentor", "", most_a_day=10, at=days_ago(50))
        db.flush()
        cast.ids[f"link_{name}_ben"] = str(invitations.accept(db, ben, secret, at=days_ago(49)).id)
    for person, away in ((cleo, 28), (cleo, 14), (cleo, 3), (gil, 40)):
        entry = Entry(days_ago(away), "Europe/Paris", 45, "Remote", "We listened, then wrote down three things.")
        sessions.log(db, library, person, "meeting", Between(person, ben), entry, at=days_ago(away - 1))
    links.pause(db, ben, UUID(cast.ids["link_gil_ben"]), at=days_ago(5))
    links.complete(db, hana, UUID(cast.ids["link_hana_ben"]), at=days_ago(6))
    _, secret = invitations.invite(db, hana, "apprentice", "Iris", most_a_day=10, at=days_ago(3))
    db.flush()
    invitations.decline(db, gil, secret, at=days_ago(2))
    ours = UUID(cast.ids["link_ada_ben"])
    handovers.hand_on(db, ada, ours, [UUID(cast.ids["former"])], at=days_ago(4))
    start = agreements.START
    goals = "- Three finished beats by spring.\n- A mix that holds on *small* speakers."
    first = agreements.write(db, ada, ours, Terms(goals, start.cadence, start.ways), before=None, at=days_ago(40))
    agreements.say_yes(db, ben, ours, first.id, at=days_ago(39))
    weekly = "- We meet every week for half an hour: short and often."
    second = agreements.write(db, ben, ours, Terms(goals, weekly, start.ways), before=first.id, at=days_ago(20))
    agreements.say_yes(db, ada, ours, second.id, at=days_ago(19))
    agreements.write(
        db, ben, ours, Terms(goals, "- Every ten days, 45 minutes.", start.ways), before=second.id, at=days_ago(1)
    )
    for away, marks, note in (
        (200, (5, 4, 3, 3, 4), ""),
        (108, (4, 4, 4, 2, 4), "Too much between two meetings."),
        (12, (4, 5, 4, 2, 5), "Still fast, but I know what to do."),
    ):
        answers = dict(zip(fit_checks.KEYS, marks, strict=True))
        check = fit_checks.answer(db, ada, ours, answers, note, at=days_ago(away))
    db.flush()
    fit_checks.share(db, ada, ours, check.id, at=days_ago(11))
