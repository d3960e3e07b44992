"""Numbers about a store for those who watch over it: counts and sizes only, nobody's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from store.engine import sqlite_path
from store.ledger import REFUSED
from store.lifecycles import NEED, PROPOSAL
from store.models import AuditRow, NeedRow, ProposalRow
from store.services import sessions


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts by state, refusals of a day, open desks, and the bytes of the database and of its journal."""

    needs: Mapping[str, int]
    proposals: Mapping[str, int]
    refusals: int
    audit_rows: int
    sessions: int
    schema: str
    size: int
    journal: int


def measures(session: Session) -> Measures:
    """What can be counted now; every state is there, also with nothing in it."""
    needs: dict[str, int] = dict.fromkeys(NEED.states, 0)
    proposals: dict[str, int] = dict.fromkeys(PROPOSAL.states, 0)
    for found, row in ((needs, NeedRow), (proposals, ProposalRow)):
        counted = select(row.status, func.count()).group_by(row.status)
        found.update((str(state), int(count)) for state, count in session.execute(counted))
    lately = datetime.now(UTC) - timedelta(days=1)
    refused = select(func.count()).where(AuditRow.act == REFUSED, AuditRow.at > lately)
    size, journal = _sizes(session)
    return Measures(
        needs=needs,
        proposals=proposals,
        refusals=session.scalar(refused) or 0,
        audit_rows=session.scalar(select(func.count(AuditRow.id))) or 0,
        sessions=sum(sessions.counted(session).values()),
        schema=str(session.scalar(text("SELECT version_num FROM alembic_version"))),
        size=size,
        journal=journal,
    )


def _sizes(session: Session) -> tuple[int, int]:
    bind = session.get_bind()
    if bind.dialect.name == "postgresql":
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0), 0
    path = sqlite_path(bind.engine.url)
    if path is None:
        return 0, 0
    wal = path.with_name(f"{path.name}-wal")
    return path.stat().st_size, wal.stat().st_size if wal.exists() else 0
