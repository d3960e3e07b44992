"""Writes rows of the audit trail, each chained to the row before; the only place that does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from store import chain
from store.errors import NotAllowedError
from store.models import AuditRow
from store.schemas.actor import Actor
from store.sensitive import masked

REFUSED = "refused"
_ADD = insert(cast(Table, AuditRow.__table__)).inline()
_LONGEST_CODE = 40


def note(
    session: Session,
    by: Actor,
    act: str,
    kind: str,
    changes: Sequence[tuple[str, Mapping[str, object] | None, Mapping[str, object] | None]],
    *,
    request: str | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """Write audit rows of anything that has a kind: (code, values before, values after) each."""
    shared = {
        "at": (at or datetime.now(UTC)).astimezone(UTC),
        "login": by.login,
        "role": by.role.value,
        "organisation": by.organisation,
        "act": act,
        "kind": kind,
        "reason": reason,
        "request": request,
    }
    rows: list[dict[str, Any]] = [
        {**shared, "code": code, "before": _json(before), "after": _json(after)}
        for code, before, after in changes
    ]
    for row, digest in zip(rows, chain.links(chain.head(session), rows), strict=False):
        row["hash"] = digest
    session.execute(_ADD, rows)


def note_refusal(session: Session, error: NotAllowedError, by: Actor) -> None:
    """Write that somebody was refused an act; the record that they named need not exist."""
    wanted = {name: str(value) for name, value in error.params.items()}
    code = wanted.get("id", "")[:_LONGEST_CODE]
    note(session, by, REFUSED, "refusal", [(code, None, {"code": error.code, **wanted})])


def _json(values: Mapping[str, object] | None) -> str | None:
    if values is None:
        return None
    return masked(json.dumps(values, ensure_ascii=False, sort_keys=True))
