"""One service called for one person on the records of one side, and what came of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import Store
from store.errors import DuijieError, NotAllowedError
from store.models import AuditRow
from store.schemas.actor import Role
from tests.rights.cases import Call, Case, is_own
from tests.rights.policy import may
from tests.rights.walk import services
from tests.rights.world import World


@dataclass(frozen=True)
class Outcome:
    """What came of a call: whether it should be allowed, and what was given or raised."""

    told: str
    should: bool
    result: Any = None
    error: DuijieError | None = None
    is_kept: bool = True

    @property
    def is_refused(self) -> bool:
        """Whether the person was told that they may not."""
        return isinstance(self.error, NotAllowedError)

    def wrong(self, case: Case) -> str:
        """What is wrong about it, nothing if all is right."""
        code = self.error.code if self.error else ""
        if self.is_refused:
            if self.should:
                return f"{self.told}: refused, should be allowed: {self.error}"
            return "" if self.is_kept else f"{self.told}: refused, but that was not kept"
        if not self.should:
            return f"{self.told}: {self.error or 'done'}, should be refused"
        return f"{self.told}: {self.error}" if code and code not in case.meets else ""


def try_one(store: Store, world: World, name: str, case: Case, role: Role, side: str) -> Outcome:
    """Call a service for somebody of side A, or of no side, on the records of a side; nothing stays."""
    by = world.by(role, "A")
    whose = "own" if not case.has_target or is_own(world, by, side) else "other"
    should = role is Role.SYSTEM or may(role, case.kind, case.act, whose)
    told = f"{name}: {role} {case.act} {whose} {case.kind}"
    positional, named = store.read(lambda s: case.arguments(Call(world, side, by, s)))
    before, _ = refusals(store)
    run = store.read if case.act == "read" else store.rehearse
    try:
        found = run(_to_the_end(services()[name]), *positional, **named, by=by)
    except DuijieError as error:
        count, last = refusals(store)
        return Outcome(told, should, None, error, (count, last) == (before + 1, by.login))
    return Outcome(told, should, found)


def _to_the_end(service: Callable[..., Any]) -> Callable[..., Any]:
    """The service, its rows read while the session is there."""

    def run(session: Session, *args: Any, **kwargs: Any) -> Any:
        found = service(session, *args, **kwargs)
        return list(found) if inspect.isgenerator(found) else found

    return run


def refusals(store: Store) -> tuple[int, str | None]:
    """How many refusals are kept, and who was refused last."""
    told = (AuditRow.kind == "refusal", AuditRow.act == "refused")
    count = select(func.count()).where(*told)
    last = select(AuditRow.login).where(*told).order_by(AuditRow.id.desc()).limit(1)
    return store.read(lambda s: (s.scalar(count) or 0, s.scalar(last)))
