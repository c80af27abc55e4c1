"""The inbox: everything somebody was told, read where it leads; and what they want by mail."""

import re
import socket
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlmodel import Session, select

from core import inbox, outbox
from core.accounts import User
from core.errors import Refused
from core.inbox import Notice, Telling
from core.mail import Mail
from core.settings import Settings
from mentorship import news
from tests.conftest import Client
from tests.times import HOUR, MINUTE, MONDAY


def told(db: Session, user: User, text: str, *, thread: str = "session:1", path: str = "", **more: Any) -> Notice:
    about = {"thread": thread, "path": path or "/sessions", "at": MONDAY, **more}
    notice = inbox.tell(db, user.id, about.pop("kind", news.SESSION), text, **about)
    db.commit()
    return notice


def unread(db: Session, user: User) -> list[str]:
    db.rollback()
    found = select(Notice).where(Notice.user_id == user.id, sa.column("read_at").is_(None))
    return [notice.text for notice in db.exec(found.order_by(Notice.at, Notice.id))]


def count_in_bar(page: str) -> str:
    found = re.search(r'class="bar-inbox".*?</a>', page, re.DOTALL)
    assert found
    count = re.search(r'class="count">([^<]*)<', found[0])
    return count[1] if count else ""


# -- reading -------------------------------------------------------------------------------------------------


def test_an_empty_inbox_says_what_will_be_in_it(as_ada):
    page = as_ada.get("/inbox").text

    assert "Nothing to tell yet" in page and "Mark all read" not in page


def test_news_stands_by_thread_the_newest_first(as_ada, ada, db):
    told(db, ada, "Ben proposes a meeting.")
    told(db, ada, "Ben asks for a review.", thread="feedback:1", kind=news.FEEDBACK, at=MONDAY + MINUTE)
    told(db, ada, "Ben moved the meeting.", at=MONDAY + HOUR)

    page = as_ada.get("/inbox").text

    assert [page.index(words) for words in ("moved the", "proposes a", "asks for a")] == sorted(
        page.index(words) for words in ("moved the", "proposes a", "asks for a")
    )
    assert "1 earlier" in page


def test_the_bar_says_how_much_is_unread_on_every_page(as_ada, as_ben, ada, db):
    assert count_in_bar(as_ada.get("/settings").text) == ""
    told(db, ada, "One.", thread="1")
    told(db, ada, "Two.", thread="2")
    assert count_in_bar(as_ada.get("/settings").text) == "2"
    for number in range(120):
        inbox.tell(db, ada.id, news.NOTES, "Many.", path="/x", thread=str(number), at=MONDAY)
    db.commit()

    assert count_in_bar(as_ada.get("/settings").text) == "99+"
    assert count_in_bar(as_ben.get("/settings").text) == ""


def test_what_a_page_shows_is_read_by_that_with_all_of_its_thread(as_ada, ada, db, fresh_db):
    told(db, ada, "Ben moved the meeting.", path="/portfolio")
    told(db, ada, "Ben signed the meeting.", path="/portfolio#signed", kind=news.SIGNING)
    told(db, ada, "Elsewhere.", thread="2", path="/sessions")

    page = as_ada.get("/portfolio").text

    assert count_in_bar(page) == "1", "what is being read is not counted"
    assert unread(fresh_db, ada) == ["Elsewhere."]


def test_a_page_that_is_not_there_reads_nothing(as_ada, ada, db, fresh_db):
    told(db, ada, "Gone since.", path="/sessions/01a20196-1d6c-7807-95e1-2855984b4e4f")

    assert as_ada.get("/sessions/01a20196-1d6c-7807-95e1-2855984b4e4f").status_code == 404
    assert unread(fresh_db, ada) == ["Gone since."]


def test_somebody_elses_visit_reads_nothing_of_mine(as_ben, ada, db, fresh_db):
    told(db, ada, "For Ada.", path="/portfolio")

    as_ben.get("/portfolio")

    assert unread(fresh_db, ada) == ["For Ada."]


def test_a_page_is_shown_when_nothing_can_be_noted(as_ada, ada, db, base, fresh_db):
    told(db, ada, "Ben moved the meeting.", path="/portfolio")
    with base.writing() as other:
        other.execute(sa.update(User).values(name=User.name))
        app_base = as_ada.application.extensions["database"]
        app_base.write_lock.acquire()
        try:
            assert as_ada.get("/portfolio").status_code == 200
        finally:
            app_base.write_lock.release()

    assert unread(fresh_db, ada) == ["Ben moved the meeting."]


def test_one_thread_is_marked_read_and_unread_again(as_ada, ada, db, fresh_db):
    told(db, ada, "First.")
    newest = told(db, ada, "Second.", at=MONDAY + MINUTE)
    told(db, ada, "Other.", thread="2", at=MONDAY + HOUR)

    answer = as_ada.send(f"/inbox/{newest.id}/read")
    assert unread(fresh_db, ada) == ["Other."]
    page = as_ada.get(answer.location).text
    moment = re.search(r'name="read_at" value="([^"]+)"', page)[1]
    as_ada.send("/inbox/unread", {"read_at": moment})

    assert unread(fresh_db, ada) == ["First.", "Second.", "Other."]


def test_all_that_was_shown_is_marked_read_and_not_what_came_since(as_ada, ada, db, fresh_db, at):
    told(db, ada, "Shown.")
    told(db, ada, "Came since.", thread="2", at=MONDAY + MINUTE)
    at(MONDAY + 2 * MINUTE)

    as_ada.send("/inbox/read", {"until": MONDAY.isoformat()})

    assert unread(fresh_db, ada) == ["Came since."]


def test_undo_ends_after_a_quarter_of_an_hour_with_a_sentence(as_ada, ada, db, fresh_db, at):
    told(db, ada, "Shown.")
    as_ada.send("/inbox/read", {"until": MONDAY.isoformat()})
    at(MONDAY + HOUR)

    answer = as_ada.send("/inbox/unread", {"read_at": MONDAY.isoformat()})

    assert answer.status_code == 422 and "more than 15 minutes ago" in answer.text
    assert unread(fresh_db, ada) == []


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-23T12:00:00", ""])
def test_a_moment_that_is_none_is_refused(as_ada, moment):
    assert as_ada.send("/inbox/read", {"until": moment}).status_code == 422


def test_a_long_inbox_goes_on_on_further_pages(as_ada, ada, db):
    for number in range(70):
        about = {"path": "/x", "thread": str(number), "at": MONDAY + (number // 7) * MINUTE}
        inbox.tell(db, ada.id, news.NOTES, f"News {number // 7}.", **about)
    db.commit()

    first = as_ada.get("/inbox").text
    older = re.search(r"/inbox\?before=[0-9a-f-]+", first)[0]
    second = as_ada.get(older).text

    assert first.count("Mark read: News") == 60 and second.count("Mark read: News") == 10
    assert "News 2." in first and "News 0." not in first
    assert "News 0." in second and "News 2." not in second
    assert as_ada.get("/inbox?before=nothing").status_code == 404


def test_the_inbox_asks_as_little_for_much_news_as_for_little(as_ada, ada, db, app):
    seen: list[str] = []
    sa.event.listen(app.extensions["database"].engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    told(db, ada, "One.")
    as_ada.get("/inbox")
    few = len(seen)
    for number in range(50):
        told(db, ada, "More.", thread=str(number))

    as_ada.get("/inbox")

    assert len(seen) == 2 * few
    assert sum("FROM notice" in statement for statement in seen) == 4  # what is unread, and the list


def test_an_answer_on_the_desk_asks_nothing_of_the_inbox(as_ada, ada, db, app):
    """Fragments have no bar, so the hot path pays nothing for its number."""
    told(db, ada, "One.")
    seen: list[str] = []
    sa.event.listen(app.extensions["database"].engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    as_ada.get("/reviews", headers={"X-Requested-With": "woodshed"})
    as_ada.send(
        "/reviews/undone", {"id": "01a20196-1d6c-7807-95e1-2855984b4e4f"}, headers={"X-Requested-With": "woodshed"}
    )

    assert [statement for statement in seen if "notice" in statement] == []


# -- by mail -------------------------------------------------------------------------------------------------

WISHES = {"mails": ["feedback"], "digest": "weekly", "digest_hour": "18", "digest_weekday": "4", "reminds_before": "24"}


def test_what_somebody_wants_by_mail_is_kept_and_shown_again(as_ada, ada, fresh_db):
    assert as_ada.send("/settings/telling", {**WISHES, "reminds_reviews": "true"}).status_code == 303

    telling = fresh_db.get(Telling, ada.id)
    assert (telling.off, telling.digest, telling.digest_hour) == (["session"], "weekly", 18)
    assert (telling.digest_weekday, telling.reminds_before, telling.reminds_reviews) == (4, 24, True)
    page = as_ada.get("/settings/telling").text
    assert 'value="weekly" checked' in page and 'value="feedback" checked' in page
    assert 'value="session" checked' not in page


def test_at_first_what_is_urgent_comes_by_mail_and_nothing_else(as_ada, ada, fresh_db):
    page = as_ada.get("/settings/telling").text

    assert 'value="session" checked' in page and 'value="feedback" checked' in page
    assert 'value="daily" checked' not in page and 'value="24" checked' not in page
    assert "This site sends no mail" in page


@pytest.mark.parametrize(
    "wrong", [{"digest": "hourly"}, {"digest_hour": "24"}, {"reminds_before": "2"}, {"digest_weekday": "7"}]
)
def test_a_wish_that_is_not_offered_is_refused(as_ada, fresh_db, wrong):
    assert as_ada.send("/settings/telling", {**WISHES, **wrong}).status_code == 422
    assert fresh_db.exec(select(Telling)).all() == []


@pytest.fixture
def way_out(app: Flask, site: Settings, ada: User) -> Callable[[str], str]:
    def address(kind: str) -> str:
        return f"/unsubscribe/{outbox.way_out_of(ada.id, kind, site)}"

    return address


def test_one_click_in_a_mail_program_turns_the_kind_off_without_signing_in(anonymous, way_out, ada, fresh_db):
    answer = anonymous.post(way_out("session"), data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert fresh_db.get(Telling, ada.id).off == ["session"]
    assert "Ada" not in answer.text and "ada@" not in answer.text


def test_following_the_link_shows_a_button_and_changes_nothing(anonymous, way_out, ada, fresh_db):
    page = anonymous.get(way_out("session"))

    assert page.status_code == 200 and "Turn these mails off" in page.text
    assert fresh_db.get(Telling, ada.id) is None


@pytest.mark.parametrize("kind", ["session", inbox.DIGEST, inbox.BEFORE_MEETINGS, inbox.OF_REVIEWS])
def test_turned_off_by_mistake_it_is_turned_on_again(anonymous, as_ada, way_out, ada, fresh_db, kind):
    as_ada.send("/settings/telling", {**WISHES, "mails": ["session", "feedback"], "reminds_reviews": "true"})
    anonymous.post(way_out(kind))
    assert not fresh_db.get(Telling, ada.id).is_on(kind)

    page = anonymous.post(way_out(kind) + "/undone")

    fresh_db.rollback()
    assert fresh_db.get(Telling, ada.id).is_on(kind)
    assert "Turn these mails off" in page.text


@pytest.mark.parametrize("change", [lambda path: path[:-1], lambda path: path + "x", lambda _: "/unsubscribe/nothing"])
def test_an_address_that_this_site_did_not_make_turns_nothing_off(anonymous, way_out, fresh_db, change):
    for method in (anonymous.get, anonymous.post):
        assert method(change(way_out("session"))).status_code == 404
    assert fresh_db.exec(select(Telling)).all() == []


def test_the_address_is_in_no_log(anonymous, way_out, caplog):
    path = way_out("session")

    anonymous.post(path)
    anonymous.get(path + "x")

    assert path.split("/")[-1] not in caplog.text


def test_pages_never_talk_to_a_mail_server(client_of, db, ada, ben, link_of, site, base, monkeypatch, at, shelf):
    """However slow or dead it is, no page waits for it: none opens a connection."""
    from app import create_app

    mailing = site.model_copy(update={"smtp_url": "smtp://127.0.0.1:9", "mail_from": "w@school.example"})
    app = create_app(mailing)
    app.extensions["shelf"] = shelf
    link_of(ada, ben)
    opened: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *args: opened.append(args))
    browser = _browser(app, db, ada)

    assert browser.get("/portfolio").status_code == 200
    assert browser.send("/settings/confirmation").status_code == 303
    assert browser.send("/reset", {"email": ada.email}).status_code == 200

    assert opened == []
    assert len(db.exec(select(Mail)).all()) == 2
    app.extensions["database"].engine.dispose()


def _browser(app: Flask, db: Session, user: User) -> Client:
    from tests.conftest import sign_in

    app.test_client_class = Client
    browser = app.test_client()
    sign_in(browser, db, user)
    return browser  # type: ignore[return-value]


def test_undo_of_somebody_else_changes_nothing_of_mine(as_ben, ada, db, fresh_db):
    told(db, ada, "Shown.")
    inbox.read_all(db, ada.id, until=MONDAY, at=MONDAY)
    db.commit()

    as_ben.send("/inbox/unread", {"read_at": MONDAY.isoformat()})

    assert unread(fresh_db, ada) == []


def test_what_was_read_long_ago_stays_read(db, ada):
    with pytest.raises(Refused, match="15 minutes"):
        inbox.unread_again(db, ada.id, read_at=MONDAY, at=MONDAY + HOUR)
