"""How Alembic runs here: on the store's own engine, one transaction, batch mode for SQLite."""

from __future__ import annotations

import re

from alembic import context
from sqlalchemy import Engine

from store.models import Base


def _is_ours(_object: object, name: str | None, type_: str, _reflected: bool, _to: object) -> bool:
    """The text index is the dialect's own and stands outside the metadata."""
    return type_ != "table" or not re.search("_fts|_vocabulary", name or "")


def run(engine: Engine) -> None:
    """Run the migrations asked for in one transaction."""
    with engine.execution_options(begin_mode="IMMEDIATE").begin() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            include_object=_is_ours,
            compare_type=False,
            transactional_ddl=True,
        )
        context.run_migrations()


run(context.config.attributes["engine"])
