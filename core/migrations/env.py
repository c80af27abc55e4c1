"""Alembic's way in: runs the revisions on the connection that `core.startup` hands over.

A revision spells its tables out and needs no model; whoever compares the two imports all models first.
"""

from alembic import context
from sqlmodel import SQLModel

from core import database  # noqa: F401  (the names of keys and indexes)

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
