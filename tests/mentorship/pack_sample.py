"""Ada's first beat as evidence: two versions, six remarks by Ben, a signed meeting, credits and a client's words."""

import io
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import soundfile
from sqlmodel import Session

from core.accounts import User
from core.ids import uuid7
from core.storage import Staged, Storage
from mentorship.models.meetings import StudioSession
from mentorship.models.milestones import Assessment, Evidence, MilestoneAttempt, MilestoneEvent
from mentorship.models.pieces import Feedback, Measurement, Piece, Testimonial, Version
from mentorship.models.remarks import Remark, RemarkReply, RemarkStep
from tests.times import DAY, HOUR, MONDAY

SECONDS, RATE = 12, 8000
WEEK = timedelta(weeks=1)
FIGURES = {
    **{"integrated": -9.8, "momentary_max": -7.1, "short_term_max": -8.4, "range": 5.2, "true_peak": -0.3},
    **{"sample_peak": -0.6, "crest": 9.1, "plr": 9.5, "clips": 0, "correlation": 0.62, "mono_drop": 0.4},
    **{"seconds": 12.0, "rate": 8000, "channels": 1, "bits": 16, "tempo": 92.0, "key": None, "true_peak_at": 7.248},
    **{"short_term_max_at": 6.0, "reasons": {"key": "it is too short to tell"}, "words": [], "warnings": []},
}
REMARKS: tuple[tuple[str, int, int | None, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "fix",
        1200,
        None,
        "The snare is late here: pull it 12 ms forward.",
        (("fixed", ""), ("yes", "Right in the pocket.")),
    ),
    (
        "fix",
        2500,
        4000,
        "These two bars mask the kick; a narrow cut at 90 Hz in the bass.",
        (("fixed", ""), ("yes", "")),
    ),
    ("idea", 2700, None, "Leave the hat out on the one.", (("dropped", "I like it there."),)),
    ("praise", 6100, None, "This fill is lovely. Keep it.", ()),
    (
        "fix",
        7248,
        7900,
        "Over −1 dBTP; the limiter works too hard.",
        (("fixed", ""), ("not yet", "Still 0.7 dB too high.")),
    ),
    ("question", 9800, None, "F♯ or G♭ here? I hear both, Ночной.", ()),
)


def tone(seed: int, seconds: float = SECONDS) -> np.ndarray:
    """A beat of sorts: bursts of a low sine with some noise."""
    dice = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    beat = np.exp(-8 * (time % 0.65)) * (0.3 + 0.7 * ((time / seconds) > 0.5))
    return 0.8 * beat * np.sin(2 * np.pi * 110 * time) + 0.05 * dice.standard_normal(time.size) * beat


def wav_of(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, RATE, format="WAV", subtype="PCM_16")
    return out.getvalue()


def peaks_of(samples: np.ndarray) -> bytes:
    """As audiowaveform writes them, JSON version 2."""
    whole = samples[: samples.size // 256 * 256].reshape(-1, 256)
    pairs = np.stack([whole.min(1), whole.max(1)], 1).clip(-1, 1)
    data = np.round(pairs * 127).astype(int).ravel().tolist()
    head = {"version": 2, "channels": 1, "sample_rate": RATE, "samples_per_pixel": 256, "bits": 8}
    return json.dumps(head | {"length": len(data) // 2, "data": data}).encode()


def keep(storage: Storage, octets: bytes) -> Staged:
    staged = storage.stage(io.BytesIO(octets), most=10**8)
    storage.keep(staged)
    return staged


def story(db: Session, storage: Storage, ada: User, ben: User) -> dict[str, UUID]:
    """All of it, committed. Returns ids: piece, v1, v2."""
    piece = Piece(
        **{"user_id": ada.id, "id": uuid7(), "title": "Night bus", "role": "producer, mixer", "genre": "lo-fi hip hop"},
        **{"about": "A slow beat for the way home.", "client": "Mara", "tempo": 92.0, "key": "F♯ minor"},
        credits=[{"name": "Mara Lind", "role": "vocals"}, {"name": "Ada", "role": "production, mix"}],
        created_at=MONDAY - 30 * DAY,
        shared_at=MONDAY - 29 * DAY,
    )
    db.add(piece)
    db.flush()
    v1 = version(db, storage, piece, 1, MONDAY - 20 * DAY)
    v2 = version(db, storage, piece, 2, MONDAY - 6 * DAY, changes="Snare forward, bass cut at 90 Hz.")
    remarks(db, ben, ada, v1, v2)
    praise = "She understood the song before I did."
    db.add(
        Testimonial(
            **{"user_id": ada.id, "id": uuid7(), "piece_id": piece.id, "name": "Mara Lind", "text": praise},
            **{"secret_hash": "0" * 64, "asked_at": MONDAY - 3 * DAY, "yes_at": MONDAY - 2 * DAY},
        )
    )
    review: dict[str, Any] = {"verdict": "approved", "asked_at": MONDAY - 5 * DAY, "given_at": MONDAY - 4 * DAY}
    review |= {"from_id": ben.id, "from_name": ben.name, "first_impression": "Calm.", "side": "mentor"}
    db.add(Feedback(user_id=ada.id, id=uuid7(), version_id=v2.id, **review))
    milestone(db, ada, ben, v2)
    meeting(db, ada, ben)
    db.commit()
    return {"piece": piece.id, "v1": v1.id, "v2": v2.id}


def version(
    db: Session, storage: Storage, piece: Piece, number: int, at: Any, *, changes: str = "", has_peaks: bool = True
) -> Version:
    samples = tone(number)
    file = keep(storage, wav_of(samples))
    row = Version(
        **{"user_id": piece.user_id, "id": uuid7(), "piece_id": piece.id, "number": number, "kind": "audio"},
        **{"media_type": "audio/wav", "file_name": f"night bus {number}.wav", "sha256": file.sha256},
        **{"size": file.size, "seconds": float(SECONDS), "rate": RATE, "channels": 1, "changes": changes},
        uploaded_at=at,
    )
    db.add(row)
    db.flush()
    if has_peaks:
        figures: Mapping[str, Any] = FIGURES if number > 1 else FIGURES | {"integrated": -7.6, "true_peak": 0.4}
        peaks = keep(storage, peaks_of(samples)).sha256
        state: dict[str, Any] = {"state": "ready", "meter": "woodshed 1", "asked_at": at, "measured_at": at}
        values = {"figures": dict(figures), "peaks_sha256": peaks}
        db.add(Measurement(user_id=piece.user_id, version_id=row.id, **state, **values))
    db.flush()
    return row


def remarks(db: Session, ben: User, ada: User, v1: Version, v2: Version) -> None:
    for number, (kind, start, end, text, steps) in enumerate(REMARKS):
        at = v1.uploaded_at + DAY + number * timedelta(minutes=1)
        remark = Remark(
            **{"user_id": ada.id, "id": uuid7(), "version_id": v1.id, "by_id": ben.id, "by_name": ben.name},
            **{"kind": kind, "start_ms": start, "end_ms": end, "text": text, "at": at},
        )
        db.add(remark)
        db.flush()
        for later, (step, said) in enumerate(steps):
            by = ben if step in ("yes", "not yet") else ada
            when = v2.uploaded_at + (later + 1) * HOUR
            named: dict[str, Any] = {"version_id": None if step == "dropped" else v2.id, "by_id": by.id}
            row = RemarkStep(
                user_id=ada.id, id=uuid7(), remark_id=remark.id, kind=step, by_name=by.name, at=when, **named
            )
            row.text = said
            db.add(row)
        if kind == "question":
            reply: dict[str, Any] = {"by_id": ada.id, "by_name": ada.name, "text": "F♯: it is the leading note."}
            db.add(RemarkReply(user_id=ada.id, id=uuid7(), remark_id=remark.id, at=at + HOUR, **reply))


def milestone(db: Session, ada: User, ben: User, v2: Version, slug: str = "first-beat") -> None:
    """Handed in with a missed target and its reason, and verified."""
    db.add(MilestoneAttempt(user_id=ada.id, milestone=slug, begun_at=MONDAY - 30 * DAY))
    db.add(
        Evidence(
            **{"user_id": ada.id, "id": uuid7(), "milestone": slug, "item": "beat", "version_id": v2.id},
            linked_at=MONDAY - 4 * DAY,
        )
    )
    criteria = [
        {"id": "evidence-beat", "title": "A beat of 16 bars", "state": "met", "note": "", "reason": ""},
        {"id": "self", "title": "Self-mark on the four levels", "state": "met", "note": "", "reason": ""},
        {"id": "target-peak", "title": "True peak under −1 dBTP", "state": "not met", "note": ""}
        | {"reason": "The limiter is the sound I want; I will lower it for the master."},
    ]
    kept = {"criteria": criteria, "evidence": []}
    for kind, by, days in (("submitted", ada, 3), ("verified", ben, 2)):
        step: dict[str, Any] = {"by_id": by.id, "by_name": by.name, "at": MONDAY - days * DAY, "kept": kept}
        db.add(MilestoneEvent(user_id=ada.id, id=uuid7(), milestone=slug, kind=kind, **step))
    for side, by, level, comment in (
        ("self", ada, 3, "The groove holds; the low end is still soft."),
        ("mentor", ben, 3, "It holds. Watch the peaks."),
    ):
        mark: dict[str, Any] = {"by_id": by.id, "by_name": by.name, "level": level, "comment": comment}
        db.add(Assessment(user_id=ada.id, id=uuid7(), milestone=slug, side=side, at=MONDAY - 2 * DAY, **mark))


def meeting(db: Session, ada: User, ben: User, slug: str = "first-beat", **more: Any) -> None:
    values: dict[str, Any] = {
        **{"kind": "meeting", "title": "About the bass", "starts_at": MONDAY - WEEK, "zone": "Europe/Berlin"},
        **{"minutes": 45, "real_minutes": 50, "notes": "kept between the two", "milestones": [slug]},
        **{"held_at": MONDAY - WEEK + HOUR, "signed_at": MONDAY - WEEK + HOUR, "mentor_signed_at": MONDAY - 6 * DAY},
        **{"logged_by": ben.id, "logged_at": MONDAY - 2 * WEEK, "confirmed_at": MONDAY - 2 * WEEK},
    }
    db.add(StudioSession(user_id=ada.id, id=uuid7(), mentor_id=ben.id, **(values | more)))
