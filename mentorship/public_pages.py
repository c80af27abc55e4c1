"""Public pages: what somebody shows to everybody, by choice, at an address with a name that they chose.

Only showcased pieces, of each only the version that was approved last; to hear or look at, not to save.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core import prose, words
from core.accounts import User
from core.errors import NotFound, Refused
from mentorship import piece_states, testimonials
from mentorship.models.pieces import Measurement, Piece, Version
from mentorship.models.shares import PublicPage

HANDLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SHORTEST_HANDLE, LONGEST_HANDLE = 3, 40
LONGEST_HEADLINE, LONGEST_CONTACT = 120, 200
LONGEST_ABOUT = 4000
RESERVED = frozenset(
    {
        *("about", "abuse", "account", "accounts", "admin", "administrator", "anonymous", "api", "app", "assets"),
        *("billing", "blog", "contact", "demo", "docs", "everybody", "everyone", "favicon", "feed", "ftp"),
        *("guest", "health", "help", "home", "host", "hosts", "imprint", "index", "info", "invitation"),
        *("invitations", "legal", "login", "logout", "mail", "me", "mentor", "mentors", "moderator", "nobody"),
        *("null", "owner", "page", "pages", "portfolio", "postmaster", "preview", "privacy", "public", "robots"),
        *("root", "search", "security", "service", "settings", "share", "shares", "sign-in", "sign-out"),
        *("sign-up", "sitemap", "staff", "static", "status", "support", "system", "team", "terms", "test"),
        *("undefined", "user", "users", "webmaster", "well-known", "woodshed", "www", "you"),
    }
)
E_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
WEB = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Texts:
    """What stands on a page, as its owner wrote it."""

    handle: str
    headline: str = ""
    about: str = ""  # Markdown
    contact: str = ""
    is_indexed: bool = False


@dataclass(frozen=True, slots=True)
class Praise:
    """What a client said, with their own yes."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Showcase:
    """A piece as everybody sees it: these fields and the sound of one version."""

    piece_id: UUID
    title: str
    role: str
    genre: str
    credits: list[dict[str, str]]
    version: Version
    has_peaks: bool  # whether its waveform is there
    praise: list[Praise]


# -- its owner -----------------------------------------------------------------------------------------------


def own(db: Session, owner_id: UUID) -> PublicPage | None:
    return db.exec(select(PublicPage).where(PublicPage.user_id == owner_id)).first()


def save(db: Session, owner_id: UUID, texts: Texts) -> PublicPage:
    """Keep what stands on a page; the first time it is made, and not shown yet."""
    handle = _handle(texts.handle)
    headline, contact = words.one_line(texts.headline), words.one_line(texts.contact)
    if len(headline) > LONGEST_HEADLINE:
        raise Refused(f"Keep the headline to {LONGEST_HEADLINE} characters.", field="headline")
    if len(texts.about) > LONGEST_ABOUT:
        raise Refused(f"Keep it to {LONGEST_ABOUT} characters: a page is read in a minute.", field="about")
    if len(contact) > LONGEST_CONTACT:
        raise Refused(f"Keep the contact to {LONGEST_CONTACT} characters.", field="contact")
    if prose.is_heavy(texts.about):
        raise Refused("There are too many signs of layout in this text. Write it more simply.", field="about")
    page = _locked(db, owner_id) or PublicPage(user_id=owner_id, handle=handle)
    taken = "This address is taken already. Choose another one."
    other = select(PublicPage.user_id).where(PublicPage.handle == handle, PublicPage.user_id != owner_id)
    if db.exec(other).first() is not None:
        raise Refused(taken, field="handle")
    page.handle, page.headline, page.contact = handle, headline, contact
    page.about, page.is_indexed = texts.about.strip(), texts.is_indexed
    try:
        with db.begin_nested():
            db.add(page)
    except IntegrityError:  # somebody else was quicker by a moment
        raise Refused(taken, field="handle") from None
    return page


def show(db: Session, owner_id: UUID, *, at: datetime) -> PublicPage:
    """Everybody may open it from now on. Twice is no error."""
    page = _locked(db, owner_id)
    if page is None:
        raise Refused("Your page has no address yet. Choose one and save it, then show the page.")
    page.shown_at = page.shown_at or at
    return page


def hide(db: Session, owner_id: UUID) -> None:
    """Nobody but its owner sees it from now on. Twice is no error."""
    page = _locked(db, owner_id)
    if page is not None:
        page.shown_at = None


def left_out(db: Session, owner_id: UUID) -> list[Piece]:
    """Showcased pieces that cannot stand on the page: no version of them was approved."""
    there = {one.piece_id for one in showcases(db, owner_id)}
    return [piece for piece in db.exec(_showcased(owner_id)) if piece.id not in there]


# -- everybody -----------------------------------------------------------------------------------------------


def find(db: Session, handle: str) -> tuple[PublicPage, str]:
    """The page at this address and its owner's name; one that is hidden or was never made is not found."""
    row = db.exec(
        select(PublicPage, User.name)
        .join(User, col(User.id) == PublicPage.user_id)
        .where(
            PublicPage.handle == handle.casefold(), col(PublicPage.shown_at).is_not(None), col(User.active).is_(True)
        )
    ).first()
    if row is None:
        raise NotFound
    return row


def showcases(db: Session, owner_id: UUID) -> list[Showcase]:
    """What stands on the page, the newest choice first; of each piece the latest version that was approved."""
    pieces = db.exec(_showcased(owner_id)).all()
    approved = {
        piece_id: standing.approved.version_id
        for piece_id, standing in piece_states.of(db, pieces).items()
        if standing.is_on_show and standing.approved
    }
    mine = (Version.user_id == owner_id, col(Version.id).in_(approved.values()))
    versions = {version.piece_id: version for version in db.exec(select(Version).where(*mine))}
    drawn = (Measurement.user_id == owner_id, col(Measurement.version_id).in_(approved.values()))
    peaks = set(db.exec(select(Measurement.version_id).where(*drawn, Measurement.peaks_sha256 != "")))
    said = testimonials.shown(db, list(versions))
    return [
        Showcase(
            piece.id,
            piece.title,
            piece.role,
            piece.genre,
            piece.credits,
            versions[piece.id],
            versions[piece.id].id in peaks,
            [Praise(one.name, one.text) for one in said.get(piece.id, [])],
        )
        for piece in pieces
        if piece.id in versions
    ]


def showcase(db: Session, owner_id: UUID, piece_id: UUID) -> Showcase:
    """One piece of the page."""
    for one in showcases(db, owner_id):
        if one.piece_id == piece_id:
            return one
    raise NotFound


def contact_address(contact: str) -> str:
    """Where a contact leads: mailto: or a web address; "" for words."""
    if WEB.fullmatch(contact):
        return contact
    return f"mailto:{contact}" if E_MAIL.fullmatch(contact) else ""


def _showcased(owner_id: UUID):  # type: ignore[no-untyped-def]
    mine = (col(Piece.user_id) == owner_id, col(Piece.showcased_at).is_not(None))
    there = (col(Piece.archived_at).is_(None), col(Piece.is_reference).is_(False))
    order = (col(Piece.showcased_at).desc(), col(Piece.id).desc())
    return select(Piece).where(*mine, *there).order_by(*order)


def _handle(text: str) -> str:
    handle = text.strip().casefold()
    if not SHORTEST_HANDLE <= len(handle) <= LONGEST_HANDLE or not HANDLE.fullmatch(handle):
        raise Refused(
            f"Use {SHORTEST_HANDLE} to {LONGEST_HANDLE} small letters, digits and single hyphens, such as ada-beats.",
            field="handle",
        )
    if handle in RESERVED:
        raise Refused("This word is kept for the site itself. Choose another one.", field="handle")
    return handle


def _locked(db: Session, owner_id: UUID) -> PublicPage | None:
    return db.exec(select(PublicPage).where(PublicPage.user_id == owner_id).with_for_update()).first()
