"""`allocate`: one plan for all open needs, shown, held, sent, undone; and the policy behind it."""

from __future__ import annotations

import importlib
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from matching.allocation import AllocationPolicy, Prove
from matching.packing import Choice, Packing
from store.errors import ConflictError, StoreError, UsageError
from store.schemas.actor import Actor
from store.services import allocation, allocation_policy, allotment, inbox, labels, reference
from store.services.allocation import Award, Loser, Outlook
from store.services.allotment import Applied
from store.services.inbox import Proposal
from tui import allocation_text, deal_text
from tui.cli import crew
from tui.cli.output import asked, line, plain, put, say, table, tried
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.settings import Settings
from tui.words import state_word, value_word

_PRICED = ("run", "slot", "assessment", "who")  # what capacity there is, other than needs and caps


def run(options: Namespace, settings: Settings) -> int:
    """Show one plan for all open needs; with --apply hold it, and send it where that is asked for."""
    if options.send and not options.apply:
        raise UsageError("apply_first", command="duijie allocate send CODE")
    prove = _prover(options) if options.prove else None
    session = begin(options, settings)
    found = session.store.read(
        allocation.outlook,
        by=session.by,
        today=session.today,
        progress=_tick,
        prove=prove,
        through=crew.of(options, session.store, session.by),
    )
    if not options.json:
        told = [violation for loser in found.losers for violation in loser.violations]
        names = session.store.read(labels.of_violations, told, by=session.by)
        for text in allocation_text.outlook_lines(found, names):
            line(text)
    made = _apply(options, session, found) if options.apply else None
    if options.json:
        put({**outlook_json(found), "applied": plain(made)})
    elif made is not None:
        tried(options)
        say(allocation_text.applied_line(made))
    else:
        say(_("Nothing is held. `duijie allocate --apply` holds it."))
    return 0


def _tick(done: int, of: int) -> None:
    """How many needs were looked at, for whoever waits at a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done + 1:,} / {of:,}" + "\n" * (done + 1 == of))
        sys.stderr.flush()


def _prover(options: Namespace) -> Prove:
    """The optimiser of the extra, with its time; a sentence when it is not installed."""
    try:
        exact = importlib.import_module("matching.exact")
    except ImportError:
        raise StoreError("solver_missing") from None
    if not exact.is_available():
        raise StoreError("solver_missing")

    def prove(choices: Sequence[Choice], capacity: Mapping[str, int], start: Packing) -> Packing:
        better: Packing = exact.prove(choices, capacity, start, float(options.seconds))
        return better

    return prove


def _apply(options: Namespace, session: Session, found: Outlook) -> Applied:
    """Hold everything that a plan gives, after asking."""
    now = session.store.read(reference.now)
    if options.dry_run:
        write = session.store.rehearse
    else:
        write = session.store.write
        question = _("Hold this for {count} needs? [y/N] ")
        if options.send:
            question = _("Hold this for {count} needs and send it to everyone concerned? [y/N] ")
        _ask(options, question.format(count=len(found.awards)))
    return write(
        _held, found, by=session.by, now=now, request=options.request, is_sent=options.send
    )


def _ask(options: Namespace, question: str) -> None:
    if not options.yes and not asked(question):
        raise ConflictError("allocation_not_confirmed")


def _held(
    session: Any, found: Outlook, *, by: Actor, now: datetime, request: str | None, is_sent: bool
) -> Applied:
    """Drafts for all, and offers where that is asked for: one write, all or none."""
    made = allotment.apply(session, found, by=by, now=now, request=request)
    if is_sent and len(made.sent) < len(made.proposals):
        made = allotment.send(session, made.code, by=by, now=now)
    return made


def outlook_json(found: Outlook) -> dict[str, object]:
    """The published shape of a plan."""
    return {
        "day": found.day.isoformat(),
        "policy": asdict(found.policy),
        "needs": len(found.needs),
        "heads": found.heads,
        "value": round(found.value, 6),
        "bound": round(found.bound, 6),
        "gap": round(found.gap, 6),
        "method": found.method,
        "before": {"heads": found.before_heads, "value": round(found.before_value, 6)},
        "awards": [_award_json(award, found) for award in found.awards],
        "losers": [_loser_json(loser, found) for loser in found.losers],
        "scarce": [
            {"resource": name, "words": allocation_text.scarce_word(name, found), "price": price}
            for name, price in sorted(found.prices.items(), key=lambda item: (-item[1], item[0]))
            if price > 0 and name.partition(":")[0] in _PRICED
        ],
    }


def _award_json(award: Award, found: Outlook) -> dict[str, object]:
    before = found.before.get(award.need)
    return {
        **_need_json(award.need, award.heads, found),
        "value": round(award.value, 6),
        **_bundle_json(award),
        "pool": [member.id for member in award.pool.members] if award.pool else None,
        "different": allocation_text.is_other(award, found),
        "turn_by_turn": _bundle_json(before) if before else None,
    }


def _loser_json(loser: Loser, found: Outlook) -> dict[str, object]:
    before = found.before.get(loser.need)
    return {
        **_need_json(loser.need, loser.heads, found),
        "why": loser.why.value,
        "words": allocation_text.why_word(loser, found),
        "violations": plain(loser.violations),
        "resource": loser.resource or None,
        "rivals": list(loser.rivals),
        "turn_by_turn": _bundle_json(before) if before else None,
    }


def _need_json(code: str, heads: int, found: Outlook) -> dict[str, object]:
    known = found.needs[code]
    return {
        "need": code,
        "enterprise": known.view.enterprise,
        "firm": known.firm,
        "heads": heads,
        "of": known.need.heads,
    }


def _bundle_json(award: Award) -> dict[str, object]:
    bundle = award.bundle
    return {
        "score": round(award.score, 6),
        "course": bundle.course.id,
        "title": bundle.course.title,
        "institution": bundle.institution.id,
        "run": bundle.run.id if bundle.run else None,
        "first_day": bundle.sessions[0].day.isoformat() if bundle.sessions else None,
        "price_fen": bundle.price_fen,
    }


def list_applied(options: Namespace, settings: Settings) -> int:
    """Allocations that were held, newest first."""
    session = begin(options, settings)
    found = session.store.read(allotment.applied, by=session.by, limit=options.top)
    if options.json:
        put(found)
        return 0
    rows = [
        [
            one.code,
            state_word("allocation", one.status),
            str(len(one.proposals)),
            str(len(one.sent)),
        ]
        for one in found
    ]
    table([_("Code"), _("State"), _("Proposals"), _("Sent")], rows, [8, 10, 8])
    return 0


def show(options: Namespace, settings: Settings) -> int:
    """One allocation that was held, with its proposals as they stand."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    found = session.store.read(allotment.show, options.code.upper(), by=session.by)
    if options.json:
        put(found)
        return 0
    line(allocation_text.applied_line(found))
    for one in session.store.read(_proposals, found.proposals, by=session.by):
        heads, left = deal_text.heads_word(one.heads), deal_text.time_left(one.until, now)
        told = (one.code, one.need, one.enterprise, heads, one.course, one.title)
        line("  " + "  ".join((*told, one.pool or "", value_word(one.status), left)).rstrip())
    return 0


def _proposals(session: Any, codes: Sequence[str], *, by: Actor) -> list[Proposal]:
    return [inbox.proposal(session, code, by=by) for code in codes]


def send(options: Namespace, settings: Settings) -> int:
    """Offer every draft of an allocation, after asking."""
    session = begin(options, settings)
    code = options.code.upper()
    found = session.store.read(allotment.show, code, by=session.by)
    if not options.dry_run:
        question = _("Send {count} proposals to everyone concerned? [y/N] ")
        _ask(options, question.format(count=len(found.proposals) - len(found.sent)))
    return _act(options, session, allotment.send)


def undo(options: Namespace, settings: Settings) -> int:
    """Give everything back that an allocation held, while nothing of it was sent."""
    return _act(options, begin(options, settings), allotment.undo)


def _act(options: Namespace, session: Session, service: Callable[..., Applied]) -> int:
    now = session.store.read(reference.now)
    write = session.store.rehearse if options.dry_run else session.store.write
    made = write(service, options.code.upper(), by=session.by, now=now)
    if options.json:
        put(made)
        return 0
    tried(options)
    say(allocation_text.applied_line(made))
    return 0


def show_policy(options: Namespace, settings: Settings) -> int:
    """What a plan is worth, and its hard rules."""
    session = begin(options, settings)
    return _tell_policy(options, session.store.read(allocation_policy.policy))


def set_policy(options: Namespace, settings: Settings) -> int:
    """Change some terms, under a new version."""
    session = begin(options, settings)
    changes = dict(_term(word) for word in options.fields)
    write = session.store.rehearse if options.dry_run else session.store.write
    after = write(allocation_policy.set_policy, changes, by=session.by)
    if not options.json:
        tried(options)
    return _tell_policy(options, after)


def _term(word: str) -> tuple[str, object]:
    """`urgency=0.4`, `short=6-18-02-04` or `firm_heads=`; anything else is left to be refused."""
    name, sign, value = (part.strip() for part in word.partition("="))
    if not sign:
        known = ", ".join(name for name in asdict(AllocationPolicy()) if name != "version")
        raise UsageError("field_unknown", name=name, known=known)
    if name == "short":
        return name, tuple(code.strip() for code in value.split(",") if code.strip())
    if name == "firm_heads" and not value:
        return name, None
    for read in (int, float):
        try:
            return name, read(value)
        except ValueError:
            continue
    return name, value


def _tell_policy(options: Namespace, found: AllocationPolicy) -> int:
    if options.json:
        put(found)
        return 0
    for text in allocation_text.term_lines(found):
        line(text)
    return 0
