"""Being told: the inbox, what comes by mail, and the pages that links in mails lead to."""

from flask import Flask
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from playwright.sync_api import Page
from sqlmodel import Session

from core import inbox, outbox
from core.ids import uuid7
from core.inbox import Wishes
from core.mail import Mail
from mentorship import news
from tests.e2e.cast import NOW, Cast, days_ago
from tests.e2e.stop import Stop

NOBODY = ""
LONG = (
    "Ben asks for your review of “Night bus, third bounce with the vocal down and the long ending”: “Does the second "
    "chorus lift, or is it only louder than the first one?”"
)


def marks_one(page: Page) -> None:
    page.get_by_role("button", name="Mark read: Dora").first.click()
    page.get_by_role("button", name="Undo").wait_for()


def asks(page: Page) -> None:
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_role("button", name="Send me the link").click()
    page.get_by_text("a mail is on its way").wait_for()


STOPS: list[Stop] = [
    Stop("telling.index", "/inbox", ("ada", "fay")),
    Stop("telling.index", "/inbox", ("ada",), "marked", 200, marks_one),
    Stop("telling.settings", "/settings/telling", ("ada", "fay")),
    Stop("telling.unsubscribe", "/unsubscribe/{way_out}", (NOBODY, "ada")),
    Stop("telling.confirmation", "/confirm/{confirmation}", (NOBODY,)),
    Stop("telling.sending", "/outbox", ("ada",)),
    Stop("security.forgot_password", "/reset", (NOBODY,)),
    Stop("security.forgot_password", "/reset", (NOBODY,), "asked", 200, asks),
    Stop("security.reset_password", "/reset/{reset}", (NOBODY,)),
]


def fill(cast: Cast, db: Session, app: Flask) -> None:
    ada, fay = cast.people["ada"], cast.people["fay"]
    site = app.extensions["settings"]

    def tell(kind: inbox.Kind, text: str, thread: str, days: float, path: str = "/sessions/new") -> inbox.Notice:
        return inbox.tell(db, ada.id, kind, text, path=path, thread=thread, at=days_ago(days))

    tell(news.LINK, "Ben is your mentor from now on.", "link:1", 49).read_at = days_ago(48)
    tell(news.SESSION, "Ben proposes a meeting: Tuesday 24 November 2026, 19:00, 18:00 for Ben.", "session:1", 5)
    tell(news.SESSION, "Ben moved your meeting to Wednesday 25 November 2026, 19:00, 18:00 for Ben.", "session:1", 0.3)
    tell(news.FEEDBACK, LONG, "feedback:1", 2)
    tell(news.SIGNING, "Dora signed the meeting of Monday 16 November 2026, 10:00.", "session:2", 1)
    ada.confirmed_at = days_ago(50)
    db.add(ada)
    inbox.choose(db, ada.id, Wishes(["session", "feedback"], "weekly", 18, 6, 24, True), at=NOW)
    gone = {"id": uuid7(), "kind": "session", "slot": "1", "subject": "", "text": "", "tries": 1}
    said = "550 5.1.1 <fay@example.com>: Recipient address rejected: User unknown in local recipient table"
    moments = {"made_at": days_ago(2), "due_at": days_ago(2), "failed_at": days_ago(2)}
    db.add(Mail(user_id=fay.id, address=fay.email, fault=said, **gone, **moments))
    cast.ids["way_out"] = outbox.way_out_of(ada.id, "session", site)
    with app.test_request_context():
        cast.ids["confirmation"] = generate_confirmation_token(fay)
        cast.ids["reset"] = generate_reset_password_token(fay)
