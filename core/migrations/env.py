"""Alembic's way in: runs the revisions on the connection that `core.startup` hands over."""

from alembic import context
from sqlmodel import SQLModel

from core import accounts, database, jobs, limits, once  # noqa: F401  (so that all tables are known)
from curriculum import models as learners_tables  # noqa: F401
from mentorship import models as peoples_tables  # noqa: F401

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
