"""Sending: what is unread and urgent becomes mail, and mail goes out. Runs in the job process alone.

A mail is claimed by a short transaction, sent while none is open, and noted by another one; the claim is a lease, so
that what a killed process left is sent later. Killed between the server's yes and its note, a mail may go out twice,
with the same Message-ID.
"""

import logging
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core import clock, inbox, mail
from core.accounts import User
from core.database import Database, rows_changed
from core.errors import NotFound
from core.inbox import Notice, Telling
from core.mail import Mail, one_line
from core.settings import Settings

TROUBLE = inbox.offer("mail", "Mail that could not be sent")  # told to hosts
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]  # after each try; the last one from then on
KEPT_TRYING = timedelta(days=3)
LEASE = timedelta(minutes=5)  # a claimed mail is another process's to send after that
PATIENCE_SECONDS = 20  # for each word of the mail server
ROUND_SECONDS = 8  # the next mail of this round is not begun after that
MOST_PUT = 500  # pieces of news in one transaction
TELLING_TRIES = 5  # hosts are told of a server that refused a mail this often
LONGEST_FAULT = 300
log = logging.getLogger("woodshed.jobs")


class Refusal(Exception):
    """The server will not take this mail: no later try will help."""


class Later(Exception):
    """The server does not take this mail now."""


class Away(Later):
    """The server takes nothing now."""


def look_after(_db: Session, *, at: datetime, base: Database, settings: Settings) -> str:
    """Put what is urgent and unread into the outbox and send what is due. Returns "" where there was nothing to do."""
    put = put_news(base, at=at)
    said = send_due(base, settings, at=at, now=clock.now)
    return " ".join(filter(None, [f"{put} put into the outbox;" if put else "", said]))


# -- from the inbox to the outbox ----------------------------------------------------------------------------


def put_news(base: Database, *, at: datetime) -> int:
    """Make mails of news that is unread, of a kind that is mailed and not turned off: one for each thread, and none for
    a thread of which an earlier mail is unread. Only to people who showed that their address is theirs.

    Returns how many mails were put.
    """
    with base.reading() as db:
        if not db.execute(_news(at).limit(1)).first():
            return 0
    with base.writing() as db:
        found: dict[tuple[User, str], list[Notice]] = {}
        for notice, person, telling in db.execute(_news(at).limit(MOST_PUT)):
            if (telling or Telling(user_id=person.id)).is_on(notice.kind):
                found.setdefault((person.id, notice.thread), []).append(notice)
        for (user_id, _), notices in found.items():
            newest = notices[-1]
            texts = list(dict.fromkeys(notice.text for notice in notices))
            news = {"kind": newest.kind, "slot": str(newest.id), "subject": newest.text, "path": newest.path}
            mail.put(db, db.get_one(User, user_id), **news, text="\n\n".join(texts), at=at)
            for notice in notices:
                notice.is_mailed = True
    return len(found)


def _news(at: datetime) -> sa.Select[Notice, User, Telling]:
    mailed = aliased(Notice)
    is_told = sa.exists().where(
        col(mailed.user_id) == col(Notice.user_id),
        col(mailed.thread) == col(Notice.thread),
        col(mailed.read_at).is_(None),
        col(mailed.is_mailed).is_(True),
    )
    kinds = [kind.name for kind in inbox.mailing()]
    statement = sa.select(Notice, User, Telling).join(User, col(User.id) == col(Notice.user_id))
    return (
        statement.join(Telling, col(Telling.user_id) == col(Notice.user_id), isouter=True)
        .where(col(Notice.at) > at - KEPT_TRYING, col(Notice.read_at).is_(None), col(Notice.is_mailed).is_(False))
        .where(col(Notice.kind).in_(kinds), col(User.confirmed_at).is_not(None), col(User.active).is_(True))
        .where(col(User.demo_since).is_(None), ~is_told)
        .order_by(col(Notice.at), col(Notice.id))
    )


# -- from the outbox to the mail server ----------------------------------------------------------------------


def send_due(base: Database, settings: Settings, *, at: datetime, now: Callable[[], datetime] | None = None) -> str:
    """Send what is due, over one connection, until the server stops taking it or a few seconds are over.

    now: the clock for leases and for what was sent. Returns a few words, or "" when nothing was due.
    """
    now = now or (lambda: at)
    with base.reading() as db:
        if db.exec(_due(at).limit(1)).first() is None:
            return ""
    sent, refused, put_off = 0, _give_up_old(base, at), 0
    began = time.monotonic()
    with _round(settings) as deliver:
        while time.monotonic() < began + ROUND_SECONDS and (claimed := _claim(base, now())):
            try:
                deliver(claimed)
            except Refusal as no:
                refused += _note(base, claimed, failed_at=now(), fault=_said(no), text="", path="")
            except Later as no:
                wait = WAITS[min(claimed.tries, len(WAITS)) - 1]
                put_off += _note(base, claimed, due_at=now() + wait, fault=_said(no))
                if isinstance(no, Away):
                    break
            else:
                sent += _note(base, claimed, sent_at=now(), fault="", text="", path="")
    _tell_hosts(base, at=now())
    return f"{sent} mails sent, {put_off} put off, {refused} given up"


def _due(at: datetime):  # type: ignore[no-untyped-def]  # sqlmodel's own type of a select
    return select(Mail).where(col(Mail.sent_at).is_(None), col(Mail.failed_at).is_(None), col(Mail.due_at) <= at)


def _give_up_old(base: Database, at: datetime) -> int:
    is_open = (col(Mail.sent_at).is_(None), col(Mail.failed_at).is_(None))
    fault = sa.case((col(Mail.fault) == "", "It was not sent within three days."), else_=col(Mail.fault))
    given_up = {"failed_at": at, "fault": fault, "text": "", "path": ""}
    with base.writing() as db:
        old = sa.update(Mail).where(*is_open, col(Mail.made_at) <= at - KEPT_TRYING)
        return rows_changed(db, old.values(given_up))


def _claim(base: Database, at: datetime) -> Mail | None:
    """Take the next mail for this process: for some minutes no other one will."""
    with base.writing() as db:
        oldest = _due(at).order_by(col(Mail.due_at), col(Mail.id)).limit(1)
        found: Mail | None = db.exec(oldest.with_for_update(skip_locked=True)).first()
        if found is None:
            return None
        found.tries, found.due_at = found.tries + 1, at + LEASE
        return Mail(**found.model_dump())


def _note(base: Database, claimed: Mail, **values: object) -> int:
    mine = (col(Mail.user_id) == claimed.user_id, col(Mail.id) == claimed.id)
    with base.writing() as db:
        return rows_changed(db, sa.update(Mail).where(*mine).values(values))


def _said(fault: Exception) -> str:
    return one_line(str(fault))[:LONGEST_FAULT]


# -- one mail ------------------------------------------------------------------------------------------------


def message(found: Mail, settings: Settings) -> EmailMessage:
    """The mail as it is sent. Every link begins with this site's address; headers hold no line break."""
    site = urlsplit(settings.url)
    letter = EmailMessage(policy=LINES)
    letter["From"] = settings.mail_from
    letter["To"] = Address(addr_spec=found.address)
    letter["Subject"] = one_line(found.subject)
    letter["Date"] = format_datetime(found.made_at)
    letter["Message-ID"] = f"<{found.id.hex}@{site.hostname}>"
    letter["Auto-Submitted"] = "auto-generated"
    parts = [found.text]
    if found.path:
        parts.append(settings.url + found.path)
    if found.kind not in mail.WITHOUT_WAY_OUT:
        way_out = f"{settings.url}/unsubscribe/{way_out_of(found.user_id, found.kind, settings)}"
        letter["List-Unsubscribe"] = f"<{way_out}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        parts.append(
            f"-- \nYou asked for mails of this kind: {inbox.words_of(found.kind)}.\nNo more of them: {way_out}"
        )
    letter.set_content("\n\n".join(parts) + "\n", cte="quoted-printable")
    return letter


def way_out_of(user_id: UUID, kind: str, settings: Settings) -> str:
    """What the address to turn a kind of mail off ends with: only this site can make it."""
    return str(_signer(settings).dumps([user_id.hex, kind]))


def read_way_out(token: str, settings: Settings) -> tuple[UUID, str]:
    """(the person, the kind of mail) behind such an address; a forged one leads nowhere."""
    try:
        user_id, kind = _signer(settings).loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    return UUID(hex=user_id), kind


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="unsubscribe")


# -- the connection ------------------------------------------------------------------------------------------


@contextmanager
def _round(settings: Settings) -> Iterator[Callable[[Mail], None]]:
    """What delivers one mail after the other over one connection, opened for the first."""
    opened: list[smtplib.SMTP] = []

    def deliver(found: Mail) -> None:
        try:
            letter = message(found, settings)
        except (ValueError, LookupError, NotFound) as fault:
            raise Refusal(f"This mail cannot be written: {fault}") from None
        try:
            if not opened:
                opened.append(_connected(settings))
            opened[0].send_message(letter, sender_of(settings), [found.address])
        except (smtplib.SMTPException, OSError) as fault:
            raise meant(fault) from None

    try:
        yield deliver
    finally:
        for server in opened:
            _leave(server)


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


def meant(fault: Exception) -> Refusal | Later:
    """What a fault of the conversation means for the mail."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(fault.recipients.values()))
        said = f"{code} {_text(words)}"
    elif isinstance(fault, smtplib.SMTPDataError):
        code = fault.smtp_code
        said = f"{code} {_text(fault.smtp_error)}"
    elif isinstance(fault, smtplib.SMTPNotSupportedError):
        return Refusal("The mail server takes no address with letters beyond a to z.")
    elif isinstance(fault, smtplib.SMTPResponseException):
        return Away(f"{fault.smtp_code} {_text(fault.smtp_error)}")
    else:
        return Away(str(fault) or type(fault).__name__)
    if code == 421:
        return Away(said)
    return Refusal(said) if code >= 500 else Later(said)


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


def sender_of(settings: Settings) -> str:
    return str(LINES.header_factory("From", settings.mail_from).addresses[0].addr_spec)


def _connected(settings: Settings) -> smtplib.SMTP:
    """A connection that takes mail. A password goes over TLS only, or to this machine itself."""
    server = urlsplit(settings.smtp_url)
    host, port = server.hostname or "", settings.smtp_port
    is_here = host in ("localhost", "127.0.0.1", "::1")
    if server.scheme == "smtps":
        opened: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=PATIENCE_SECONDS, context=ssl.create_default_context()
        )
    else:
        opened = smtplib.SMTP(host, port, timeout=PATIENCE_SECONDS)
    try:
        opened.ehlo_or_helo_if_needed()
        if server.scheme == "smtp" and not is_here:
            if opened.has_extn("starttls"):
                opened.starttls(context=ssl.create_default_context())
                opened.ehlo()
            elif port == 587 or server.password:
                raise Away("The mail server offers no STARTTLS. Use smtps://, or a server that does.")
        if server.username:
            opened.login(unquote(server.username), unquote(server.password or ""))
    except BaseException:
        opened.close()
        raise
    return opened


# -- what hosts see ------------------------------------------------------------------------------------------


def _tell_hosts(base: Database, *, at: datetime) -> None:
    """Put a sentence into every host's inbox when mail was given up or keeps being refused: once a day at most."""
    day = at - timedelta(days=1)
    is_stuck = sa.and_(col(Mail.sent_at).is_(None), col(Mail.failed_at).is_(None), col(Mail.tries) >= TELLING_TRIES)
    with base.reading() as db:
        worst = db.exec(select(Mail.fault).where(sa.or_(is_stuck, col(Mail.failed_at) > day)).limit(1)).first()
        told = select(Notice.user_id).where(Notice.kind == TROUBLE.name, col(Notice.at) > day)
        hosts = select(User.id).where(col(User.host_since).is_not(None), col(User.id).not_in(told))
        if worst is None or not (to_tell := list(db.exec(hosts))):
            return
    with base.writing() as db:
        for host in to_tell:
            text = f"Some mail could not be sent. The mail server said: {worst}"
            inbox.tell(db, host, TROUBLE, text, path="/outbox", thread="outbox", at=at)


def in_figures(db: Session, *, at: datetime) -> tuple[int, int, list[Mail]]:
    """(mails that wait, sent in the last week, the newest that were given up)."""
    waiting = sa.select(sa.func.count()).where(col(Mail.sent_at).is_(None), col(Mail.failed_at).is_(None))
    sent = sa.select(sa.func.count()).where(col(Mail.sent_at) > at - timedelta(days=7))
    failed = select(Mail).where(col(Mail.failed_at).is_not(None)).order_by(col(Mail.failed_at).desc()).limit(50)
    return db.scalar(waiting) or 0, db.scalar(sent) or 0, list(db.exec(failed))
