"""The whole life of proposals as Hypothesis may live it, and what must hold after each step."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import column
from sqlalchemy.orm import Session

from store import Store, open_store
from store.errors import DuijieError
from store.lifecycles import LIVE
from store.models import ProposalRow
from store.schemas.terms import TermsDraft
from store.services import (
    answers,
    capacity,
    classes,
    clocks,
    combining,
    dealing,
    decisions,
    moving,
    plans,
    proposals,
    sharing,
    sweep,
    taking_back,
    waiting,
)
from store.services.decisions import Prepared
from tests.races import checks, contest, world
from tests.races.world import MORNING, OPERATOR, run_sql

Sabotage = Callable[[Store, ExitStack], None]
_OUT = ("sent", "accepted", "confirmed")
_ANY = st.integers(0, 11)


@dataclass(slots=True)
class Line:
    """What was known before a step: who has how many seats of what, and who waits for which."""

    seats: dict[tuple[str, str], int] = field(default_factory=dict)
    queues: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


class Desks(RuleBasedStateMachine):
    """Two desks' worth of acts on one small district; the model is what each act was told."""

    template: ClassVar[Path]
    choices: ClassVar[Mapping[tuple[str, str], Prepared]]
    sabotages: ClassVar[tuple[Sabotage, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        self.store = self._open.enter_context(world.sqlite_copy(self.template, folder))
        for sabotage in self.sabotages:
            sabotage(self.store, self._open)
        self.now = MORNING
        self.told: dict[str, str] = {}
        self.firms: list[str] = []
        self.before = Line()

    def teardown(self) -> None:
        """Leave nothing behind."""
        self._open.close()

    def _try(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """One act; refusals are fine, unless it was the database that had to refuse."""
        try:
            found = self.store.write(service, *args, by=OPERATOR, now=self.now, **kwargs)
        except DuijieError as error:
            if error.code in ("guard", "constraint"):
                raise AssertionError(f"{service.__name__} left it to the guards") from error
            return None
        if isinstance(found, dealing.Outcome):
            self.told[found.code] = found.status
        return found

    def _one(self, number: int) -> str:
        return sorted(self.told)[number % len(self.told)]

    @initialize(start=st.sampled_from(("full", "thin", "empty")))
    def begin(self, start: str) -> None:
        """Some lives begin where seats are short already and firms wait for them."""
        if start != "empty":
            self.sell("N3")
            self.wait("N4", "R1")
        if start == "full":
            self._sell("N1", "K1")
            self.wait("N2", "R1")

    @rule(need=st.sampled_from(sorted(world.HEADS)), course=st.sampled_from(("K1", "K2")))
    def draft(self, need: str, course: str) -> None:
        """Hold a course for a need."""
        choice = self.choices[need, course]
        version = self.store.read(
            lambda s: run_sql(s, "SELECT version FROM need WHERE code = :n", n=need).scalar_one()
        )
        seen = choice.need.model_copy(update={"version": version})
        self._try(proposals.draft, replace(choice, need=seen, today=clocks.day_of(self.now)))

    @rule(need=st.sampled_from(sorted(world.HEADS)))
    def sell(self, need: str) -> None:
        """Hold, offer, have everybody agree: what takes five acts is otherwise seldom reached."""
        self._sell(need, "K1")

    def _sell(self, need: str, course: str) -> None:
        self.draft(need, course)
        for code in [code for code, status in self.told.items() if status == "draft"]:
            self._agree(code)

    def _agree(self, code: str) -> None:
        self._try(proposals.send, code)
        for party in self._parties(code):
            self._try(answers.accept, code, party=party)

    @precondition(lambda self: self.told)
    @rule(number=_ANY)
    def revise(self, number: int) -> None:
        """Change a draft's note."""
        draft = TermsDraft(note=f"note {len(self.told)}")
        code = self._one(number)
        version = self._version(code)
        self._try(proposals.revise, code, draft, version=version)

    @precondition(lambda self: self.told)
    @rule(number=_ANY)
    def send(self, number: int) -> None:
        """Offer a draft."""
        self._try(proposals.send, self._one(number))

    @precondition(lambda self: self.told)
    @rule(number=_ANY, party=st.integers(0, 3))
    def accept(self, number: int, party: int) -> None:
        """One party says yes."""
        code = self._one(number)
        asked = self._parties(code)
        if asked:
            self._try(answers.accept, code, party=asked[party % len(asked)])

    @precondition(lambda self: self.told)
    @rule(number=_ANY, party=st.integers(0, 3))
    def decline(self, number: int, party: int) -> None:
        """One party says no."""
        code = self._one(number)
        asked = self._parties(code)
        if asked:
            party_code = asked[party % len(asked)]
            self._try(answers.decline, code, reason="no", party=party_code)

    @precondition(lambda self: self.told)
    @rule(number=_ANY, party=st.integers(0, 3), price=st.integers(800, 1200))
    def counter_price(self, number: int, party: int, price: int) -> None:
        """One party wants another price."""
        code = self._one(number)
        asked = self._parties(code)
        if asked:
            draft = TermsDraft.model_validate({"price": str(price)})
            self._try(answers.counter, code, draft, party=asked[party % len(asked)])

    @precondition(lambda self: self.told)
    @rule(number=_ANY, heads=st.integers(1, 3), days=st.integers(0, 20))
    def counter_plan(self, number: int, heads: int, days: int) -> None:
        """The firm wants other heads or later days."""
        code = self._one(number)
        after = clocks.day_of(self.now) + timedelta(days=days)
        try:
            plan = self.store.read(
                answers.replan, code, by=OPERATOR, now=self.now, heads=heads, not_before=after
            )
        except DuijieError:
            return
        asked = [party for party in self._parties(code) if party.startswith("E")]
        if asked:
            self._try(answers.counter, code, TermsDraft(), party=asked[0], plan=plan)

    @precondition(lambda self: self.told)
    @rule(number=_ANY)
    def withdraw(self, number: int) -> None:
        """The centre takes it back."""
        self._try(proposals.withdraw, self._one(number))

    @precondition(lambda self: "accepted" in self.told.values())
    @rule(number=_ANY)
    def confirm(self, number: int) -> None:
        """All parts become bookings."""
        agreed = sorted(code for code, status in self.told.items() if status == "accepted")
        self._try(proposals.confirm, agreed[number % len(agreed)])

    @precondition(lambda self: "confirmed" in self.told.values())
    @rule(number=_ANY)
    def cancel(self, number: int) -> None:
        """A confirmed one is given up."""
        sure = sorted(code for code, status in self.told.items() if status == "confirmed")
        self._try(proposals.cancel, sure[number % len(sure)], reason="illness")

    @precondition(lambda self: self.told)
    @rule(number=_ANY)
    def undo(self, number: int) -> None:
        """Take the last step back."""
        self._try(answers.undo, self._one(number))

    @precondition(lambda self: "confirmed" in self.told.values())
    @rule(number=_ANY)
    def call_off(self, number: int) -> None:
        """A class is cancelled with everyone in it."""
        group, inside = self._class(number)
        if self._try(moving.call_off, group, reason="too few") is not None:
            self.told |= dict.fromkeys(inside, "cancelled")

    @precondition(lambda self: "confirmed" in self.told.values())
    @rule(number=_ANY, person=_ANY)
    def substitute(self, number: int, person: int) -> None:
        """Somebody or something else stands in for a part of a class."""
        group, _ = self._class(number)
        found = self.store.read(classes.sheet, group, by=OPERATOR)
        slots = {meeting.slot for meeting in found.sessions if meeting.slot}
        parts = sorted({*found.instructors, *slots})
        leaving = parts[person % len(parts)]
        try:
            ones = self.store.read(moving.stand_ins, group, leaving, by=OPERATOR, now=self.now)
        except DuijieError:
            return
        if ones:
            coming = ones[person % len(ones)].code
            self._try(moving.substitute, group, leaving, coming, reason="illness")

    @precondition(lambda self: "confirmed" in self.told.values())
    @rule(number=_ANY, days=st.integers(1, 10))
    def postpone(self, number: int, days: int) -> None:
        """A class begins later; whom that does not suit is let go and held something else."""
        group, inside = self._class(number)
        first = self.store.read(classes.sheet, group, by=OPERATOR).first_day
        later = first + timedelta(days=days)
        try:
            found = self.store.read(moving.impact, group, later, by=OPERATOR, now=self.now)
        except DuijieError:
            return
        made = self._try(moving.postpone, found, reason="repairs")
        if made is not None:
            gone = [one.proposal for one in found.affected if one.is_displaced]
            assert set(gone) <= set(inside)
            self.told |= dict.fromkeys(gone, "cancelled") | dict.fromkeys(made, "draft")

    @rule(number=_ANY)
    def combine(self, number: int) -> None:
        """Two classes below their minimum become one; whom that does not suit is let go."""
        ways = self.store.read(combining.candidates, by=OPERATOR, now=self.now)
        if not ways:
            return
        way = ways[number % len(ways)]
        codes = (way.kept.code, way.ended.code)
        found = self.store.read(combining.look, *codes, by=OPERATOR, now=self.now)
        made = self._try(combining.combine, found, reason="too few")
        if made is None:
            assert not found.is_possible, "what was possible was refused"
        else:
            self.told |= dict.fromkeys(made.gone, "cancelled") | dict.fromkeys(made.held, "draft")

    @rule(number=_ANY)
    def undo_class(self, number: int) -> None:
        """Take the last thing done to a class back."""
        query = "SELECT code FROM training_class ORDER BY code"
        codes = self.store.read(lambda s: list(run_sql(s, query).scalars()))
        if codes:
            done = self._try(taking_back.undo, codes[number % len(codes)])
            if done is not None:
                self.told |= dict.fromkeys(done.back, "confirmed")
                self.told |= dict.fromkeys(done.withdrawn, "withdrawn")

    def _class(self, number: int) -> tuple[str, list[str]]:
        """A class with confirmed proposals, and these."""
        query = "SELECT training_class, code FROM proposal WHERE status = 'confirmed' ORDER BY 1, 2"
        groups: dict[str, list[str]] = {}
        for group, code in self.store.read(lambda s: run_sql(s, query).all()):
            groups.setdefault(group, []).append(code)
        name = sorted(groups)[number % len(groups)]
        return name, groups[name]

    @rule(need=st.sampled_from(sorted(world.HEADS)), run=st.sampled_from(("R1", "R2")))
    def wait(self, need: str, run: str) -> None:
        """Stand in line."""
        found = self._try(waiting.join, need, "run", run)
        if found is not None:
            self.firms.append(found.code)

    @precondition(lambda self: self.firms)
    @rule(number=_ANY)
    def leave(self, number: int) -> None:
        """Leave the line."""
        self._try(waiting.leave, self.firms[number % len(self.firms)])

    @rule(minutes=st.sampled_from((5, 31, 8 * 60, 24 * 60, 3 * 24 * 60)))
    def pass_time(self, minutes: int) -> None:
        """Nobody does anything for a while."""
        self.now += timedelta(minutes=minutes)

    @rule()
    def tidy(self) -> None:
        """The sweep."""
        done = self.store.write(sweep.sweep, self.now)
        self.told |= dict.fromkeys(done.lapsed, "lapsed")
        self.told |= dict.fromkeys(done.delivered, "delivered")
        assert not self.store.read(sweep.is_due, self.now), "swept, and yet something is due"

    def _parties(self, code: str) -> list[str]:
        query = "SELECT party FROM answer WHERE proposal = :p ORDER BY party"
        return self.store.read(lambda s: list(run_sql(s, query, p=code).scalars()))

    def _version(self, code: str) -> int:
        query = "SELECT version FROM proposal WHERE code = :p"
        found: int = self.store.read(lambda s: run_sql(s, query, p=code).scalar_one())
        return found

    @invariant()
    def all_is_well(self) -> None:
        """Read what is there and hold it against every rule."""
        found = self.store.read(lambda session: list(self._wrongs(session)))
        assert not found, "; ".join(found)

    def _wrongs(self, session: Session) -> Iterator[str]:
        yield from checks.wrongs(session, world.ELSEWHERE)
        rows = {row.code: row for row in session.query(ProposalRow)}
        for code, status in self.told.items():
            if rows[code].status != status:
                yield f"{code} was told {status} and is {rows[code].status}"
        for row in rows.values():
            yield from self._capacity(session, row)
        yield from _needs(session)
        yield from _classes(session)
        yield from self._lines(session)

    def _capacity(self, session: Session, row: ProposalRow) -> Iterator[str]:
        """A proposal that stands has exactly what its plan takes, one that is over has nothing.

        What firms of one class share is counted with each, whichever of them carries it.
        """
        live = (
            sharing.taken(session, row) if row.status in LIVE else capacity.live(session, row.code)
        )
        query = "SELECT DISTINCT status FROM booking WHERE proposal = :p AND status IN ('held', 'booked')"
        kinds = set(run_sql(session, query, p=row.code).scalars())
        wanted = plans.claims(plans.loads(row.plan))
        is_over = row.until is not None and row.until <= self.now
        if row.status == "delivered":
            live, wanted = sharing.own(row, live), sharing.own(row, wanted)
        if row.status in ("confirmed", "delivered"):
            if live != wanted or kinds - {"booked"}:
                yield f"{row.code} is {row.status} with {kinds} {live}"
        elif row.status in ("draft", "sent", "accepted"):
            if not is_over and (live != wanted or kinds - {"held"}):
                yield f"{row.code} is {row.status} until {row.until} with {kinds} {live}"
            yield from self._short_holds(session, row)
        elif live:
            yield f"{row.code} is {row.status} and has {live}"

    def _short_holds(self, session: Session, row: ProposalRow) -> Iterator[str]:
        query = "SELECT min(until) FROM booking WHERE proposal = :p AND status = 'held'"
        first = run_sql(session, query, p=row.code).scalar_one()
        if first is not None and row.until is not None and str(first)[:19] < str(row.until)[:19]:
            yield f"{row.code} stands until {row.until}, its holds until {first}"

    def _lines(self, session: Session) -> Iterator[str]:
        """Strictly in order; what is kept is there; nobody waits beside seats that would do."""
        seats = {
            (proposal, run): int(taken)
            for proposal, run, taken in run_sql(
                session,
                "SELECT proposal, resource, sum(quantity) FROM booking WHERE kind = 'run' AND "
                "proposal IS NOT NULL AND status IN ('held', 'booked') GROUP BY proposal, resource",
            )
        }
        needs = {code: need for code, need in run_sql(session, "SELECT code, need FROM proposal")}
        queues: dict[str, list[tuple[str, str]]] = {}
        for code, need, run, heads, status, until in run_sql(
            session,
            "SELECT code, need, resource, heads, status, until FROM waiting "
            "WHERE status IN ('waiting', 'offered') ORDER BY code",
        ):
            queue = queues.setdefault(run, [])
            queue.append((code, need))
            if status == "offered":
                yield from self._offered(session, code, heads, until, len(queue))
            elif len(queue) == 1:
                yield from self._stalled(session, code, run, heads)
        for (proposal, run), taken in seats.items():
            if taken > self.before.seats.get((proposal, run), 0):
                line = self.before.queues.get(run, [])
                yield from _passed(proposal, needs[proposal], line, queues.get(run, []))
        self.before = Line(seats, queues)

    def _offered(
        self, session: Session, code: str, heads: int, until: object, place: int
    ) -> Iterator[str]:
        if place != 1:
            yield f"{code} is offered seats in place {place}"
        query = "SELECT sum(quantity) FROM booking WHERE waiting = :w AND status = 'held'"
        kept = run_sql(session, query, w=code).scalar_one()
        if kept != heads and str(until)[:19] > str(self.now)[:19]:
            yield f"{code} is offered {heads} seats and {kept} are kept"

    def _stalled(self, session: Session, code: str, run: str, heads: int) -> Iterator[str]:
        query = "SELECT seats_left, first_day FROM run WHERE code = :r"
        left, first = run_sql(session, query, r=run).one()
        if left >= heads and str(first) > clocks.day_of(self.now).isoformat():
            yield f"{code} waits for {heads} seats beside {left} free ones"


class Mergers(Desks):
    """Lives that begin with booked classes of one course, to be made one and two again."""

    @initialize()
    def two_classes(self) -> None:
        """A class each for two firms, beside whatever the life began with."""
        for need in ("N1", "N5"):
            found = self.store.read(
                decisions.prepare, need, "K2", by=OPERATOR, today=clocks.day_of(self.now),
                reason="the course",
            )  # fmt: skip
            made = self._try(proposals.draft, found)
            if made is not None:
                self._agree(made.code)
        for code in [code for code, status in self.told.items() if status == "accepted"]:
            self._try(proposals.confirm, code)

    @rule(number=_ANY)
    def combine_more(self, number: int) -> None:
        """What these lives are about is done more often than the rest."""
        self.combine(number)

    @rule(number=_ANY)
    def combine_and_part(self, number: int) -> None:
        """Made one, then two again at once."""
        self.combine(number)
        self.undo_class(number)


def _passed(
    proposal: str, need: str, before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> Iterator[str]:
    """Firms that were ahead of a need that took seats, and that still wait."""
    for code, other in before:
        if other == need:
            return
        if (code, other) in after:
            yield f"{proposal} took seats past {code}"


def _needs(session: Session) -> Iterator[str]:
    """A need's state is that of its proposals."""
    for code, status, heads, out, sure in run_sql(
        session,
        "SELECT n.code, n.status, n.heads, "
        f"coalesce(sum(CASE WHEN p.status IN {_OUT} THEN p.heads END), 0), "
        "coalesce(sum(CASE WHEN p.status IN ('confirmed', 'delivered') THEN p.heads END), 0) "
        "FROM need n LEFT JOIN proposal p ON p.need = n.code GROUP BY n.code, n.status, n.heads",
    ):
        is_right = {
            "open": out == 0,
            "expired": out == 0,
            "matched": (out > 0 or sure > 0) and sure < heads,
            "confirmed": sure >= heads,
            "delivered": sure >= heads and out == 0,
        }
        if not is_right.get(status, False) or out > heads:
            yield f"{code} is {status} with {out} of {heads} heads out and {sure} sure"


def _classes(session: Session) -> Iterator[str]:
    """Every confirmed proposal is in one class, no other is; classes are as full as they say."""
    for code, status, group in run_sql(
        session, "SELECT code, status, training_class FROM proposal"
    ):
        if (group is not None) != (status in ("confirmed", "delivered")):
            yield f"{code} is {status} in class {group}"
    for code, status, least, heads, sold in run_sql(
        session,
        "SELECT c.code, c.status, c.min_heads, coalesce(sum(p.heads), 0), "
        "coalesce(max(r.seats - r.seats_left - r.claimed), 0) FROM training_class c "
        "LEFT JOIN proposal p ON p.training_class = c.code LEFT JOIN run r ON r.code = c.run "
        "GROUP BY c.code, c.status, c.min_heads",
    ):
        if (heads == 0) != (status == "cancelled"):
            yield f"class {code} is {status} with {heads} heads"
        if status in ("forming", "ready") and (status == "ready") != (heads + sold >= least):
            yield f"class {code} is {status} with {heads} + {sold} heads of {least}"


def live(
    template: Path,
    choices: Mapping[tuple[str, str], Prepared],
    lives: int,
    steps: int,
    *sabotages: Sabotage,
    is_random: bool = False,
    machine: type[Desks] = Desks,
) -> None:
    """So many lives of so many steps each, the same ones every time unless told otherwise."""
    described = {"template": template, "choices": choices, "sabotages": sabotages}
    run_state_machine_as_test(
        type("DesksHere", (machine,), described),
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            derandomize=not is_random,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,) if sabotages else (Phase.generate, Phase.shrink),
        ),
    )


def choices_of(template: Path) -> dict[tuple[str, str], Prepared]:
    """What each need would choose while all is free."""
    store = open_store(str(template))
    found = {
        (choice.need.code, course): choice
        for course in ("K1", "K2")
        for choice in contest.prepared(store, course)
    }
    store.close()
    return found


def forget_a_kind(store: Store, undo: ExitStack) -> None:
    """Whatever ends, the seats of a run are not given back."""
    end = capacity.end

    def spoilt(session: Session, status: str, *conditions: Any) -> Any:
        return end(session, status, column("kind") != "run", *conditions)

    undo.enter_context(patch.object(capacity, "end", spoilt))


def give_nothing_back(store: Store, undo: ExitStack) -> None:
    """What is declined, withdrawn or cancelled stays taken."""
    undo.enter_context(patch.object(dealing, "give_back", lambda *_, **__: None))


def look_at_nothing(store: Store, undo: ExitStack) -> None:
    """Neither the service nor the database looks how much is left."""
    contest.without_guards(store)
    undo.enter_context(patch.object(capacity, "_refuse_short", lambda *_, **__: None))


def jump_the_queue(store: Store, undo: ExitStack) -> None:
    """Nobody looks whether others wait."""
    undo.enter_context(patch.object(capacity, "_refuse_jump", lambda *_, **__: None))


def never_offer(store: Store, undo: ExitStack) -> None:
    """Freed seats are offered to nobody."""
    undo.enter_context(patch.object(waiting, "offer_next", lambda *_, **__: None))


SABOTAGES = (forget_a_kind, give_nothing_back, look_at_nothing, jump_the_queue, never_offer)
