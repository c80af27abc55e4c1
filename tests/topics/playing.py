"""Ben plays a version of Ada's, and it is noted."""

from typing import Any

from flask import Flask
from sqlmodel import Session

from tests.matrix import Case, only

READERS: dict[str, set[str]] = {}
BOTH_SAY = {"ada": 303, "ben": 303}

MATRIX: dict[str, list[Case]] = {
    "POST listening.heard": [
        only(BOTH_SAY, url={"version_id": "@v1"}),
        only(BOTH_SAY, url={"version_id": "@version of Ben"}, about="Ben asked Ada about this one"),
        only({"ada": 303}, url={"version_id": "@draft version"}),
    ],
}


def build(world: Any, db: Session, app: Flask) -> None:
    """Nothing more than what is there."""
