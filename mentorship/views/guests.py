"""What guests see: a piece behind a share link. No account, no cookie but the proof of a password.

An address that opens nothing is answered in one way, whatever the reason: `_shut`, with the same words, headers and
status, in the same time, counted in the same limit. It always offers the field for a password, so that a link with one
looks like none.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, send_file, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from core import access, clock, passwords, words
from core.accounts import hash_of
from core.database import close_db, database, get_db
from core.errors import Busy, NotFound, Refused
from core.limits import address, limiter
from core.web import csrf, has_nul, note
from mentorship import file_kinds, guest_remarks, portfolio, share_log, shares
from mentorship.models.pieces import Measurement, Version
from mentorship.shares import Opened
from mentorship.views import files

bp = Blueprint("guests", __name__)
PROOF_LASTS = 12 * 3600  # seconds that a password is not asked for again
KINDS = [
    ("fix", "Something to mend"),
    ("idea", "An idea"),
    ("praise", "Something good"),
    ("question", "A question"),
]
NOTING_PATIENCE = 0.2  # seconds that a page may wait to note that it was opened


def _missed(response: Any) -> bool:
    return bool(response.status_code == 404)


def _of_secret() -> str:
    """Whose count it is: one address of a share link, whether it leads anywhere or not."""
    return "share:" + hash_of((request.view_args or {}).get("secret", ""))


missing = limiter.shared_limit("60 per minute", scope="shares", deduct_when=_missed)
guessing = limiter.shared_limit("20 per 15 minutes", scope="share passwords", key_func=_of_secret, deduct_when=_missed)
remarking = limiter.shared_limit("30 per hour", scope="share remarks", key_func=address)
remarking_there = limiter.shared_limit("60 per hour", scope="share remarks there", key_func=_of_secret)


def behind(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view of what is behind a share link: given `Opened`, or the one answer to whatever opens nothing."""

    @wraps(view)
    def asked(secret: str) -> Any:
        at = clock.now()
        with database().reading() as db:
            found = shares.opened(db, secret, has_proof=_has_proof(secret, at), at=at)
        return view(secret, found) if found else _shut(secret)

    return asked


@bp.after_request
def unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@bp.get("/s/<secret>")
@missing
@behind
def show(secret: str, found: Opened):
    _note(found, "opened")
    return _page(secret, found)


@bp.post("/s/<secret>")
@csrf.exempt  # there is no cookie that could be used behind a guest's back
@guessing
@missing
def unlocked(secret: str):
    """Try a password. What it costs is the same for every address."""
    at = clock.now()
    with database().reading() as db:
        kept = shares.password_of(db, secret, at=at)
        is_open = shares.opened(db, secret, has_proof=False, at=at) is not None
    fits = passwords.fits(request.form.get("password", ""), kept)
    if not fits and not is_open:
        return _shut(secret, is_tried=True)
    answer = redirect(url_for("guests.show", secret=secret), 303)
    if fits:
        _prove(answer, secret, at)
    return answer


@bp.get("/s/<secret>/sound")
@missing
@behind
def sound(secret: str, found: Opened):
    """The bytes to hear or look at; asked anew for each stretch, so that an ended link falls silent."""
    if found.version.kind not in files.SHOWN_INLINE:
        return _shut(secret)
    if found.version.kind == "audio":
        _note(found, "played")
    return as_heard(found.version)


@bp.get("/s/<secret>/peaks")
@missing
@behind
def peaks(secret: str, found: Opened):
    return peaks_of(found.version) or _shut(secret)


@bp.get("/s/<secret>/file")
@missing
@behind
def file(secret: str, found: Opened):
    """The file itself, where the link lets it be saved; its name is the piece's, not the one on the owner's disk."""
    version = found.version
    if not found.share.may_download:
        return _shut(secret)
    _note(found, "saved")
    name = f"{found.piece.title} V{version.number}.{file_kinds.ENDINGS[version.media_type]}"
    return _sent(version.sha256, version.media_type, name=name)


@bp.post("/s/<secret>/remarks")
@csrf.exempt
@remarking
@remarking_there
@missing
@behind
def remarked(secret: str, found: Opened):
    try:
        with database().writing() as db:
            guest_remarks.add(db, found, _said(), at=clock.now())
    except Refused as refusal:
        close_db()
        g.refusal = refusal
        return _page(secret, found), refusal.status
    return redirect(url_for("guests.show", secret=secret, thanks=1), 303)


# -- below the pages -----------------------------------------------------------------------------------------


def _page(secret: str, found: Opened) -> str:
    version = found.version
    text, is_cut = portfolio.text_of(files.storage(), version) if version.kind == "text" else ("", False)
    return render_template(
        "mentorship/shares/guest.html",
        shown=shares.shown(found),
        secret=secret,
        sound=url_for("guests.sound", secret=secret),
        peaks=url_for("guests.peaks", secret=secret) if has_peaks(version) else "",
        about=about(version),
        text=text,
        is_cut=is_cut,
        is_missing=not files.storage().has(version.sha256),
        day=f"{version.uploaded_at.day} {version.uploaded_at:%B %Y}",
        kinds=KINDS,
        has_thanks="thanks" in request.args,
    )


def _shut(secret: str, *, is_tried: bool = False) -> Any:
    note("share.miss", status=404)
    return render_template("mentorship/shares/shut.html", secret=secret, is_tried=is_tried), 404


def _said() -> guest_remarks.Said:
    form = request.form
    if has_nul(form):
        raise Refused("A character in this form is none that a text can hold. Remove it and send again.")
    try:
        number = int(form.get("version", ""))
    except ValueError:
        raise Refused("This form lost its number. Reload the page and send it again.") from None
    texts = {name: form.get(name, "").replace("\r\n", "\n") for name in ("name", "kind", "moment", "text")}
    return guest_remarks.Said(number, **texts)


def _note(found: Opened, kind: share_log.Kind) -> None:
    """Keep that it was heard, unless its owner looks. Reading goes on when writing cannot."""
    me, at = access.somebody(), clock.now()
    if request.method != "GET" or (me and me.id == found.share.user_id):
        return
    with database().reading() as db:
        if not share_log.is_to_note(db, found.share, kind, at=at):
            return
    try:
        with database().writing(patience=NOTING_PATIENCE) as db:
            share_log.note(db, found.share, kind, at=at)
    except (Busy, OperationalError) as fault:
        current_app.logger.warning("an opening was not noted: %s", getattr(fault, "orig", fault))


# -- the proof of a password ---------------------------------------------------------------------------------


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="share link")


def _cookie_name() -> str:
    return "__Secure-share" if files.site().is_https else "share"


def _prove(answer: Response, secret: str, at: datetime) -> None:
    """Let this browser in for some hours, here alone."""
    answer.set_cookie(
        _cookie_name(),
        str(_signer().dumps([hash_of(secret), int(at.timestamp()) + PROOF_LASTS])),
        max_age=PROOF_LASTS,
        path=url_for("guests.show", secret=secret),
        secure=files.site().is_https,
        httponly=True,
        samesite="Lax",  # Strict would ask again whenever the link is followed from a mail
    )


def _has_proof(secret: str, at: datetime) -> bool:
    sent = request.cookies.get(_cookie_name())
    if not sent:
        return False
    try:
        named, until = _signer().loads(sent)
    except (BadSignature, TypeError, ValueError):
        return False
    return bool(named == hash_of(secret) and until > at.timestamp())


# -- what public pages send, too -----------------------------------------------------------------------------


def as_heard(version: Version) -> Any:
    """A version's bytes to play or show in the page: the copy that every browser plays, if there is one."""
    measured = _measured(version)
    if measured and measured.listen_sha256:
        return _sent(measured.listen_sha256, "audio/flac")
    return _sent(version.sha256, version.media_type)


def peaks_of(version: Version) -> Any:
    """A version's waveform, or None where there is none."""
    measured = _measured(version)
    return _sent(measured.peaks_sha256, "application/json") if measured and measured.peaks_sha256 else None


def has_peaks(version: Version) -> bool:
    measured = _measured(version)
    return bool(measured and measured.peaks_sha256)


def about(version: Version) -> str:
    """ "1:12.480 · WAV", "1920 × 1080 · PNG"."""
    parts = [file_kinds.LABELS[version.media_type]]
    if version.seconds is not None:
        parts.insert(0, words.clock_time(round(version.seconds)))
    return " · ".join(parts)


def _measured(version: Version) -> Measurement | None:
    return get_db().get(Measurement, (version.user_id, version.id)) if version.kind == "audio" else None


def _sent(sha256: str, media_type: str, *, name: str = "") -> Any:
    path = files.storage().path(sha256)
    if not path.is_file():
        raise NotFound("The file is missing on the server.")
    answer = send_file(
        path,
        mimetype=media_type,
        as_attachment=bool(name),
        download_name=name or None,
        conditional=True,
        etag=False,  # a file's hash and date are its owner's
    )
    answer.headers.pop("Last-Modified", None)
    answer.headers["Content-Security-Policy"] = files.FILE_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
