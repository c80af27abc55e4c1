"""Sending: every mail once, whatever the mail server does, and nobody waits for it."""

import itertools
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from core import inbox, mail, outbox
from core.accounts import User
from core.database import Database
from core.inbox import Notice
from core.jobs import Job, JobClaim, run_slot
from core.mail import Mail
from core.settings import HERE, Settings
from mentorship import news
from tests.conftest import KEY, person
from tests.core.smtp_sink import OK, Sink
from tests.times import DAY, HOUR, MINUTE, MONDAY, SECOND


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture
def sending(site: Settings, sink: Sink) -> Settings:
    return with_mail(site, sink)


def with_mail(site: Settings, sink: Sink) -> Settings:
    given = {
        "smtp_url": sink.url,
        "mail_from": "Woodshed <woodshed@school.example>",
        "base_url": "https://school.example",
    }
    return site.model_copy(update=given)


@pytest.fixture
def ada(db: Session) -> User:
    return person(db, "Ada", confirmed_at=MONDAY)


def told(db: Session, user: User, text: str = "Ben moved the meeting to Tuesday.", **more: Any) -> Notice:
    about = {"path": "/sessions/1", "thread": "session:1", "at": MONDAY, **more}
    kind = about.pop("kind", news.SESSION)
    notice = inbox.tell(db, user.id, kind, text, **about)
    db.commit()
    return notice


def waiting(db: Session, user: User, slot: str = "1", *, at: datetime = MONDAY) -> None:
    mail.put(db, user, kind="session", slot=slot, subject="News", text="Something moved.", path="/sessions/1", at=at)
    db.commit()


def mails(db: Session) -> list[Mail]:
    return list(db.exec(select(Mail).order_by(Mail.id)))


def look_after(base: Database, site: Settings, at: datetime) -> str:
    outbox.put_news(base, at=at)
    return outbox.send_due(base, site, at=at)


# -- from the inbox to the outbox ----------------------------------------------------------------------------


def test_what_ada_was_told_reaches_her_by_mail_with_the_place_it_leads_to(base, db, fresh_db, sending, sink, ada):
    told(db, ada)

    look_after(base, sending, MONDAY)

    [sent] = sink.mails
    assert (sent["To"], sent["From"]) == ("ada@example.com", "Woodshed <woodshed@school.example>")
    assert sent["Subject"] == "Ben moved the meeting to Tuesday."
    assert sink.texts[0].startswith(
        "Hello Ada,\n\nBen moved the meeting to Tuesday.\n\nhttps://school.example/sessions/1"
    )
    assert fresh_db.exec(select(Notice)).one().is_mailed
    [row] = mails(fresh_db)
    assert (row.sent_at, row.text, row.path) == (MONDAY, "", "")


def test_one_mail_for_each_thread_until_it_is_read(base, db, sending, sink, ada):
    told(db, ada, "Ben moved the meeting.")
    told(db, ada, "Ben wants another time.")
    look_after(base, sending, MONDAY)
    told(db, ada, "Ben cancelled the meeting.", at=MONDAY + MINUTE)
    look_after(base, sending, MONDAY + MINUTE)
    told(db, ada, "Ben asks for your review.", thread="feedback:1", kind=news.FEEDBACK, at=MONDAY + MINUTE)
    look_after(base, sending, MONDAY + 2 * MINUTE)
    assert [len(text.split("Ben ")) - 1 for text in sink.texts] == [2, 1]

    inbox.read_threads(db, ada.id, {"session:1"}, at=MONDAY + HOUR)
    db.commit()
    look_after(base, sending, MONDAY + HOUR)
    assert len(sink.mails) == 2, "what was read needs no mail"
    told(db, ada, "Ben proposes a new meeting.", at=MONDAY + HOUR)
    look_after(base, sending, MONDAY + HOUR)

    assert "Ben proposes a new meeting." in sink.texts[2]


def test_who_turned_a_kind_off_gets_no_mail_of_it_and_still_has_it_in_the_inbox(base, db, sending, sink, ada):
    inbox.turn(db, ada.id, "session", is_on=False, at=MONDAY)
    told(db, ada)
    told(db, ada, "Ben asks for a review.", kind=news.FEEDBACK, thread="feedback:1")

    look_after(base, sending, MONDAY)

    assert [sent["Subject"] for sent in sink.mails] == ["Ben asks for a review."]
    assert len(inbox.unread(db, ada.id).notices) == 2


@pytest.mark.parametrize(
    "change", [{"confirmed_at": None}, {"active": False}, {"demo_since": MONDAY}], ids=["unconfirmed", "closed", "demo"]
)
def test_nobody_is_mailed_whose_address_is_not_known_to_be_theirs(base, db, fresh_db, sending, sink, ada, change):
    told(db, ada)
    db.execute(sa.update(User).values(change))
    db.commit()

    assert outbox.put_news(base, at=MONDAY) == 0
    assert mails(fresh_db) == []


def test_quiet_kinds_and_old_news_stay_in_the_inbox(base, db, fresh_db, sending, ada):
    told(db, ada, kind=news.NOTES)
    told(db, ada, thread="session:2", at=MONDAY - 4 * DAY)

    assert outbox.put_news(base, at=MONDAY) == 0
    assert mails(fresh_db) == []


def test_a_mail_is_put_once_for_a_slot(db, fresh_db, ada):
    answers = [
        mail.put(db, ada, kind="digest", slot="2026-11-23", subject="Digest", text="Nothing.", at=MONDAY) for _ in "12"
    ]
    db.commit()

    assert answers == [True, False]
    assert len(mails(fresh_db)) == 1


def test_a_site_without_a_mail_server_puts_nothing_into_the_outbox(app, db, fresh_db, ada):
    told(db, ada)

    for job in app.extensions["schedule"]:
        with app.app_context():
            if job.name != "nightly-backup":
                run_slot(base=app.extensions["database"], job=job, at=MONDAY)

    assert not any(job.name == "mail" for job in app.extensions["schedule"])
    assert mails(fresh_db) == []


def test_mails_are_forgotten_after_three_months_and_never_while_they_wait(db, fresh_db, ada):
    for slot, sent_at in (("old", MONDAY - 91 * DAY), ("new", MONDAY - 89 * DAY), ("waiting", None)):
        waiting(db, ada, slot, at=MONDAY - 92 * DAY)
        db.execute(sa.update(Mail).where(Mail.slot == slot).values(sent_at=sent_at))

    assert mail.forget_old(db, before=MONDAY - 90 * DAY) == 1
    db.commit()

    assert sorted(row.slot for row in mails(fresh_db)) == ["new", "waiting"]


def test_an_account_that_goes_takes_its_mails_along(base, db, fresh_db, ada):
    waiting(db, ada)

    db.execute(sa.delete(User).where(User.id == ada.id))
    db.commit()

    assert mails(fresh_db) == []


# -- what a mail is ------------------------------------------------------------------------------------------


def test_a_mail_says_who_sent_it_and_how_to_get_no_more(base, db, fresh_db, sending, sink, ada):
    waiting(db, ada)
    [row] = mails(fresh_db)

    outbox.send_due(base, sending, at=MONDAY)

    [sent] = sink.mails
    assert sent["Message-ID"] == f"<{row.id.hex}@school.example>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Date"] == "Mon, 23 Nov 2026 12:00:00 +0000"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    way_out = sent["List-Unsubscribe"].strip("<>")
    assert way_out.startswith("https://school.example/unsubscribe/") and way_out in sent.get_content()
    assert outbox.read_way_out(way_out.split("/")[-1], sending) == (ada.id, "session")


def test_mails_about_the_account_have_no_way_out(base, db, sending, sink, ada):
    mail.put(db, ada, kind="account", slot="1", subject="Reset", text="Choose anew.", path="/reset/secret", at=MONDAY)
    db.commit()

    outbox.send_due(base, sending, at=MONDAY)

    [sent] = sink.mails
    assert sent["List-Unsubscribe"] is None and "unsubscribe" not in sent.get_content()
    assert "https://school.example/reset/secret" in sent.get_content()


LINES = st.text(st.characters(codec="utf-8"), max_size=200)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=LINES, name=LINES)
def test_no_title_or_name_becomes_a_header_of_its_own(tmp_path, subject, name):
    site = Settings(data=tmp_path, secret_key=KEY, smtp_url="smtp://127.0.0.1:1", mail_from="w@school.example")
    row = {"user_id": KEY_ID, "id": KEY_ID, "slot": "1", "made_at": MONDAY, "due_at": MONDAY}
    found = Mail(
        **row, kind="session", address="ada@example.com", subject=mail.one_line(subject), text=f"Hello {name},"
    )

    raw = bytes(outbox.message(found, site)).decode("ascii")

    head = raw.split("\r\n\r\n")[0]
    names = [line.split(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]
    assert sorted(names) == sorted(HEADERS)


KEY_ID = UUID(int=7)
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"]
HEADERS += ["Content-Type", "Content-Transfer-Encoding", "MIME-Version"]


def test_a_title_with_line_breaks_arrives_as_one_line(base, db, sending, sink, ada):
    told(db, ada, "Ben calls it: Mix\r\nBcc: everybody@example.com\r\n\r\nHello; it works.")

    look_after(base, sending, MONDAY)

    [sent] = sink.mails
    assert sent["Bcc"] is None
    assert sent["Subject"] == "Ben calls it: Mix Bcc: everybody@example.com Hello; it works."
    assert list(sink.tries) == ["ada@example.com"]


def test_an_address_that_no_mail_can_have_is_given_up(base, db, fresh_db, sending, sink, ada):
    about = {"kind": "invitation", "slot": "1", "subject": "Come", "text": "Come.", "path": "/"}
    mail.put_to(db, ada.id, "ada@example.com\r\nBcc: eve@example.com", **about, at=MONDAY)
    db.commit()

    outbox.send_due(base, sending, at=MONDAY)

    [row] = mails(fresh_db)
    assert row.failed_at == MONDAY and "cannot be written" in row.fault
    assert sink.mails == [] and sink.tries == {}


# -- when the server is difficult ----------------------------------------------------------------------------


def test_a_refused_address_is_given_up_at_once_with_the_servers_words(base, db, fresh_db, sending, sink, ada):
    sink.script = lambda *_: "550 5.1.1 no such person"
    waiting(db, ada)

    outbox.send_due(base, sending, at=MONDAY)
    outbox.send_due(base, sending, at=MONDAY + DAY)

    [row] = mails(fresh_db)
    assert (row.failed_at, row.fault, row.tries) == (MONDAY, "550 5.1.1 no such person", 1)
    assert row.text == ""


def test_tries_wait_longer_each_time_and_end_after_three_days(base, db, fresh_db, sending, sink, ada):
    sink.script = lambda *_: "451 later"
    waiting(db, ada)
    tried: list[timedelta] = []
    for minutes in [*range(90), *range(90, 76 * 60, 6)]:
        before = sink.tries.get(ada.email, 0)
        outbox.send_due(base, sending, at=MONDAY + minutes * MINUTE)
        if sink.tries.get(ada.email, 0) > before:
            tried.append(minutes * MINUTE)

    waits = [int((later - sooner) / MINUTE) for sooner, later in itertools.pairwise(tried)]
    assert waits[:4] == [1, 5, 15, 60]
    assert set(waits[4:]) <= set(range(60, 67))
    [row] = mails(fresh_db)
    assert row.failed_at is not None and MONDAY + 3 * DAY <= row.failed_at <= MONDAY + 3 * DAY + HOUR
    assert row.fault == "451 later"


def test_a_mail_that_waited_for_days_without_a_server_is_not_sent_when_there_is_one(
    base, db, fresh_db, sending, sink, ada
):
    waiting(db, ada, at=MONDAY - 90 * DAY)

    outbox.send_due(base, sending, at=MONDAY)

    [row] = mails(fresh_db)
    assert row.failed_at == MONDAY and row.fault == "It was not sent within three days."
    assert sink.mails == []


def test_a_server_that_hangs_up_ends_the_round_and_nothing_is_lost(base, db, fresh_db, sending, sink, ada):
    for number in range(4):
        waiting(db, ada, str(number))
    sink.script = lambda _address, number: "hang up" if number == 2 else OK

    outbox.send_due(base, sending, at=MONDAY)
    assert len(sink.mails) == 1
    outbox.send_due(base, sending, at=MONDAY + MINUTE)

    assert len(sink.mails) == len(set(sink.ids)) == 4
    assert sink.connections == 2


def test_a_round_takes_one_connection(base, db, sending, sink, ada):
    for number in range(20):
        waiting(db, ada, str(number))

    said = outbox.send_due(base, sending, at=MONDAY)

    assert said == "20 mails sent, 0 put off, 0 given up"
    assert sink.connections == 1


def test_fifty_people_get_each_mail_once_whatever_the_server_does(base, db, fresh_db, site, ada):
    """Delays, 4xx, 5xx, lost connections, and dead for an hour; then all is there, once, or given up with a reason."""
    plans = {f"{number}@example.com": PLANS[number % len(PLANS)] for number in range(50)}
    for number, address in enumerate(plans):
        about = {"kind": "invitation", "slot": str(number), "subject": "Come", "text": "Come.", "path": "/"}
        mail.put_to(db, ada.id, address, **about, at=MONDAY + number * SECOND)
    db.commit()
    refused = sorted(address for address, plan in plans.items() if any(str(word)[:8].find("55") >= 0 for word in plan))

    def script(address: str, number: int) -> str | float:
        plan = plans[address]
        return plan[number - 1] if number <= len(plan) else OK

    sink = Sink(script)
    sending = with_mail(site, sink)
    with sink:
        for minute in range(2):
            look_after(base, sending, MONDAY + 2 * MINUTE + minute * MINUTE)
        sink.stop()
        before = list(sink.ids)
        for minute in range(0, 60, 2):
            look_after(base, sending, MONDAY + 4 * MINUTE + minute * MINUTE)
        assert sink.ids == before
        sink.start()
        for minute in range(0, 180, 3):
            look_after(base, sending, MONDAY + 64 * MINUTE + minute * MINUTE)

    rows = mails(fresh_db)
    given_up = sorted(row.address for row in rows if row.failed_at)
    assert given_up == refused and len(refused) == 10
    assert all(row.fault.startswith("55") for row in rows if row.failed_at)
    arrived = [str(sent["To"]) for sent in sink.mails]
    assert sorted(arrived) == sorted(set(plans) - set(refused))
    assert len(set(sink.ids)) == len(sink.ids) == 50 - len(refused)


PLANS: list[list[str | float]] = [
    [],
    [0.02],
    ["451 4.7.1 greylisted"],
    ["451 4.7.1 greylisted", "450 4.2.1 busy", 0.01],
    ["DATA 452 4.3.1 full"],
    ["hang up"],
    ["421 4.3.2 closing"],
    ["550 5.1.1 no such person"],
    ["451 later", "DATA 554 5.7.1 we do not like it"],
]


def test_a_password_never_goes_over_a_bare_line():
    class Bare:
        def __init__(self, *_: Any, **__: Any) -> None:
            self.was_closed = False

        def ehlo_or_helo_if_needed(self) -> None:
            pass

        def has_extn(self, _name: str) -> bool:
            return False

        def login(self, *_: Any) -> None:
            raise AssertionError("the password was sent")

        def close(self) -> None:
            self.was_closed = True

    settings = Settings(secret_key=KEY, smtp_url="smtp://ada:pass@mail.example:2525", mail_from="w@school.example")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtplib, "SMTP", Bare)
        with pytest.raises(outbox.Away, match="STARTTLS"):
            outbox._connected(settings)


def test_a_server_that_refuses_the_sender_is_no_fault_of_the_mail():
    said = outbox.meant(smtplib.SMTPAuthenticationError(535, b"wrong password"))

    assert isinstance(said, outbox.Away) and str(said) == "535 wrong password"


# -- who hears of trouble ------------------------------------------------------------------------------------


def test_hosts_are_told_of_given_up_mail_once_a_day(base, db, fresh_db, sending, sink, ada):
    hanna = person(db, "Hanna", host_since=MONDAY)
    sink.script = lambda *_: "550 5.1.1 no such person"
    for number in range(3):
        waiting(db, ada, str(number))
        outbox.send_due(base, sending, at=MONDAY + number * HOUR)
    waiting(db, ada, "later")
    outbox.send_due(base, sending, at=MONDAY + 2 * DAY)

    notices = list(fresh_db.exec(select(Notice).order_by(Notice.at)))
    assert [(notice.user_id, notice.at) for notice in notices] == [(hanna.id, MONDAY), (hanna.id, MONDAY + 2 * DAY)]
    assert notices[0].text == "Some mail could not be sent. The mail server said: 550 5.1.1 no such person"


def test_hosts_are_told_when_the_server_is_dead_for_hours(base, db, fresh_db, site, ada):
    person(db, "Hanna", host_since=MONDAY)
    sending = with_mail(site, Sink())
    waiting(db, ada)

    for minute in range(0, 180, 5):
        outbox.send_due(base, sending, at=MONDAY + minute * MINUTE)

    [notice] = fresh_db.exec(select(Notice)).all()
    assert "refused" in notice.text.lower()


# -- the process, and the pages ------------------------------------------------------------------------------


def test_nothing_to_send_leaves_no_trace_of_the_job(base, db, fresh_db, sending, sink, ada):
    job = Job("mail", 1, lambda _db, *, at: look_after(base, sending, at), is_long=True)

    assert run_slot(base, job, at=MONDAY) == ""
    assert fresh_db.exec(select(JobClaim)).all() == []
    told(db, ada)

    assert run_slot(base, job, at=MONDAY) == "1 mails sent, 0 put off, 0 given up"
    assert run_slot(base, job, at=MONDAY) is None


def test_sending_holds_nobodys_pen(base, db, sending, sink, ada):
    """While the server takes its time, others write."""
    waiting(db, ada)
    written: list[bool] = []

    def script(_address: str, _number: int) -> str:
        with base.writing(patience=1) as other:
            other.execute(sa.update(User).values(name="Ada L."))
        written.append(True)
        return OK

    sink.script = script
    outbox.send_due(base, sending, at=MONDAY)

    assert written == [True] and len(sink.mails) == 1


KILLED = """
import os, signal, sys
from datetime import datetime
from core import outbox
from core.database import Database
from core.settings import Settings
from mentorship import news
data, key, smtp, at, database = sys.argv[1:]
site = Settings(data=data, secret_key=key, smtp_url=smtp, mail_from="w@school.example", database_url=database)
outbox._note = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
outbox.send_due(Database(site), site, at=datetime.fromisoformat(at))
"""


def test_killed_between_the_servers_yes_and_its_note_a_mail_goes_out_once_more_with_the_same_id(
    base, db, fresh_db, site, sending, sink, ada
):
    for number in range(3):
        waiting(db, ada, str(number))
    db.close()
    arguments = [str(site.data), KEY, sink.url, MONDAY.isoformat(), site.database_url]

    died = subprocess.run([sys.executable, "-c", KILLED, *arguments], cwd=HERE, env=dict(os.environ), timeout=60)
    assert died.returncode == -signal.SIGKILL and len(sink.mails) == 1
    look_after(base, sending, MONDAY + MINUTE)
    assert len(sink.mails) == 3, "what the dead process had in hand waits for its lease"
    look_after(base, sending, MONDAY + 5 * MINUTE)

    assert len(sink.mails) == 4
    ids = [one.split("@")[0] for one in sink.ids]  # the dead process knew this site by another address
    assert sorted(ids.count(one) for one in set(ids)) == [1, 1, 2]
    assert all(row.sent_at for row in mails(fresh_db))
