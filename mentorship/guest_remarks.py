"""What a guest of a share link says at a second of the piece, if its owner wants to hear it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import words
from core.errors import Conflict, NotAllowed, Refused
from mentorship import remarks, share_log
from mentorship.models.remarks import Remark
from mentorship.shares import Opened

MOST_OF_A_LINK = 300
SAME_WITHIN = timedelta(minutes=10)
MOMENT = re.compile(r"(?:(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?")


@dataclass(frozen=True, slots=True)
class Said:
    """A guest's remark as it was typed."""

    number: int  # of the version that was heard
    name: str
    kind: str
    moment: str  # "1:12" or "1:12.480"
    text: str


def add(db: Session, found: Opened, said: Said, *, at: datetime) -> None:
    """Keep a guest's remark and tell the owner; they alone, and who sees the piece, read it.

    The same words again within ten minutes are a second click and change nothing.
    """
    share, version = found.share, found.version
    if not share.may_remark or version.kind != "audio":
        raise NotAllowed("This link is for listening. Tell whoever sent it what you heard.")
    if said.number != version.number:
        raise Conflict(
            f"Version {version.number} came while you listened. Hear it first; what you typed is still here."
        )
    name, text = words.one_line(said.name), said.text.strip()
    if not name or len(name) > remarks.LONGEST_NAME:
        raise Refused(f"Say who you are, in up to {remarks.LONGEST_NAME} characters.", field="name")
    if not text or len(text) > remarks.LONGEST:
        raise Refused(f"Write what you heard, in up to {remarks.LONGEST} characters.", field="text")
    if said.kind not in remarks.KINDS:
        raise Refused("Choose one of the offered answers.", field="kind")
    start_ms = _ms(said.moment, version.seconds)
    of_link = (col(Remark.user_id) == share.user_id, col(Remark.share_id) == share.id)
    same = (Remark.by_name == name, Remark.start_ms == start_ms, Remark.text == text, col(Remark.at) > at - SAME_WITHIN)
    if db.exec(select(Remark.id).where(*of_link, *same).limit(1)).first() is not None:
        return
    if db.exec(select(sa.func.count()).select_from(Remark).where(*of_link)).one() >= MOST_OF_A_LINK:
        raise Refused("This link has all the remarks it can hold. Tell whoever sent it what you heard.")
    remarks.add_guest(db, version, share.id, name, kind=said.kind, start_ms=start_ms, text=text, at=at)
    share_log.note(db, share, "remarked", at=at)


def _ms(moment: str, seconds: float | None) -> int:
    """Milliseconds of "1:12.480", "1:12" or "72"; empty: the beginning."""
    if not moment.strip():
        return 0
    found = MOMENT.fullmatch(moment.strip())
    if found is None:
        raise Refused("Write the moment as minutes and seconds, like 1:12.", field="moment")
    minutes, whole, parts = found.groups()
    ms = (int(minutes or 0) * 60 + int(whole)) * 1000 + int((parts or "0").ljust(3, "0"))
    if seconds is not None and ms > seconds * 1000:
        raise Refused(f"It is over by then: it lasts {words.clock_time(round(seconds))}.", field="moment")
    return ms
