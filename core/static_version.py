"""The version of style sheets, scripts and icons. It stands in their addresses, so that browsers keep them for good."""

import hashlib
from functools import cache
from pathlib import Path


@cache
def static_version(folder: Path) -> str:
    """Twelve hex letters that change with any file in the folder. Scripts import each other by relative addresses, so
    the whole folder has one version."""
    digest = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
