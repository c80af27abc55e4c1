"""What the meter says of a made-up piece of three minutes, and a version that it said it of."""

import io
import math
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.storage import Storage
from core.work import Work
from curriculum.audio import METER
from curriculum.audio.spectrum import CENTRES
from mentorship import portfolio
from mentorship.models.pieces import Measurement, Piece, Version
from mentorship.probe import Found

SECONDS = 187.42


def figures(loudness: float = -9.3, **more: Any) -> dict[str, Any]:
    """Louder by 0.6 dB than −1 dBTP allows, at 1:12.480."""
    found: dict[str, Any] = {
        **{"integrated": loudness, "short_term_max": loudness + 2.4, "momentary_max": loudness + 3.9},
        **{"short_term_max_at": 96.2, "momentary_max_at": 97.31, "range": 6.4},
        **{"true_peak": -0.42, "true_peak_at": 72.48, "sample_peak": -0.71, "sample_peak_at": 72.479},
        **{"crest": 11.2, "plr": round(-0.42 - loudness, 2), "clips": 3, "clip_places": [72.479, 96.2, 97.3]},
        **{"correlation": 0.62, "mono_drop": 1.1, "out_of_phase_longest": 0.0},
        **{"seconds": SECONDS, "rate": 44_100, "channels": 2, "bits": 24},
        **{"tempo": 119.9, "tempo_confidence": 0.83, "tempo_half": 59.9, "tempo_double": 239.7},
        **{"key": "A minor", "key_second": "C major", "key_confidence": 0.41},
        **{"reasons": {}, "words": [], "warnings": []},
    }
    return found | more


def curves(loudness: float = -9.3, *, seed: int = 1, bright: float = 0.0, seconds: float = SECONDS) -> dict[str, Any]:
    """A quiet beginning, a loud end, and a break between them."""
    dice, short, fast = Random(seed), [], []
    for number in range(int(seconds * 10) + 1):
        part = number / 10 / seconds
        level = loudness + (2 if part > 0.5 else -3) - (9 if 0.42 < part < 0.5 else 0) - 12 * math.exp(-part * 40)
        short.append(round(level + 0.6 * math.sin(number / 23), 1) if number >= 30 else None)
        fast.append(round(level + dice.gauss(0, 1.6), 1) if number >= 4 else None)
    bands = [
        round(loudness - 8 - 0.011 * (number - 7) ** 2 * 4 + bright * (number - 15) + dice.gauss(0, 1), 1)
        for number in range(len(CENTRES))
    ]
    return {
        "loudness": {"step": 0.1, "momentary": fast, "short_term": short},
        "correlation": {"step": 0.1, "values": [0.6] * 1800},
        "spectrum": {"hz": list(CENTRES), "db": bands},
    }


def measured(
    db: Session,
    storage: Storage,
    owner_id: UUID,
    title: str,
    *,
    at: datetime,
    piece: Piece | None = None,
    found: dict[str, Any] | None = None,
    drawn: dict[str, Any] | None = None,
    is_reference: bool = False,
    content: bytes | None = None,
) -> Version:
    """The next version of a piece (a new one when left out), measured. content: its file; some words when left out."""
    piece = piece or portfolio.create(db, owner_id, title=title, at=at)
    piece.is_reference = is_reference
    staged = storage.stage(io.BytesIO(content or f"{title} {at}".encode()), most=10**7)
    sound = Found("audio", "audio/wav", SECONDS, 44_100, 2)
    version = portfolio.add_version(db, storage, piece, portfolio.Upload(staged, sound, f"{title}.wav"), at=at)
    row = db.get(Measurement, (owner_id, version.id))
    assert row is not None
    db.delete(db.get(Work, (owner_id, row.work_id)))
    row.state, row.work_id, row.meter, row.measured_at = "ready", None, METER, at
    row.figures, row.curves = found or figures(), drawn or curves()
    db.add(row)
    db.flush()
    return version
