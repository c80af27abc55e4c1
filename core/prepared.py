"""Whether a site needs `startup.prepare`, asked without SQLAlchemy and Alembic: a second start is to be quick."""

import re
import sqlite3
from contextlib import closing

from core.settings import HERE, Settings

REVISION = re.compile(r'^(down_)?revision(?:: .+?)? = "(.+?)"', re.MULTILINE)


def is_prepared(site: Settings) -> bool:
    """True only if a later `prepare` would change nothing; in doubt, and on PostgreSQL, False."""
    database = site.data / "woodshed.db"
    folders = (site.data, site.files, site.backups)
    if site.database_url or not site.secret_key or not all(folder.is_dir() for folder in folders):
        return False
    if site.data.stat().st_mode & 0o077:
        return False
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True, timeout=1)) as connection:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except (sqlite3.Error, ValueError):
        return False
    return {revision for (revision,) in rows} == newest_revisions()


def newest_revisions() -> set[str]:
    """The revisions in core/migrations/versions that no other one follows."""
    revisions: set[str] = set()
    followed: set[str] = set()
    for path in (HERE / "core" / "migrations" / "versions").glob("*.py"):
        for is_before, name in REVISION.findall(path.read_text("utf-8")):
            (followed if is_before else revisions).add(name)
    return revisions - followed
