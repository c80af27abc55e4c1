"""Whether the uploaded files are what their rows say."""

import hashlib

from sqlmodel import Session, col, select

from core.storage import Storage
from mentorship.models import Version


def file_faults(db: Session, *, storage: Storage) -> list[str]:
    """A sentence for each version whose file is missing or has other content than was uploaded."""
    found = []
    for version in db.exec(select(Version).order_by(col(Version.user_id), col(Version.uploaded_at))):
        path = storage.path(version.sha256)
        if not path.is_file():
            found.append(f"The file of version {version.id} ({version.file_name}) is missing.")
            continue
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != version.sha256:
                found.append(f"The file of version {version.id} ({version.file_name}) is not what was uploaded.")
    return found
