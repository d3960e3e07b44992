"""`class`, `waiting`, `calls` and `clocks`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from store.errors import ConflictError, UsageError
from store.services import (
    class_lines,
    classes,
    clocks,
    combining,
    dealing,
    desk,
    labels,
    moving,
    records,
    reference,
    sweep,
    taking_back,
    undoing,
    waiting,
)
from store.services.combining import Combination
from tui import combining_text, deal_text
from tui.cli.output import line, plain, put, say, table, tried
from tui.cli.session import begin
from tui.i18n import _
from tui.render import bundle_names, money, named, violation_line
from tui.settings import Settings
from tui.words import value_word


def list_classes(options: Namespace, settings: Settings) -> int:
    """Classes, soonest first."""
    session = begin(options, settings)
    found = session.store.read(classes.list_classes, by=session.by)
    if options.json:
        put(found)
        return 0
    rows = [
        [
            c.code,
            value_word(c.status),
            c.first_day.isoformat(),
            f"{c.heads}/{c.min_heads or 1}",
            deal_text.price_told(c.income_fen, is_told=c.is_price_told),
            c.title,
        ]
        for c in found
    ]
    headings = [_("Code"), _("State"), _("First day"), _("Heads"), _("Income"), _("Course")]
    table(headings, rows, [8, 10, 10, 7, 12])
    return 0


def show_class(options: Namespace, settings: Settings) -> int:
    """One class: parts, sessions, firms, money."""
    session = begin(options, settings)
    found = session.store.read(classes.sheet, options.code.upper(), by=session.by)
    if options.json:
        put(found)
        return 0
    for text in (
        *deal_text.class_lines(found),
        "",
        *deal_text.session_lines(found.sessions, found.names),
    ):
        line(text)
    return 0


def undo_class(options: Namespace, settings: Settings) -> int:
    """Take one's last act on a class or a firm in it back."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    code = options.code.upper()
    found = run(taking_back.undo, code, by=session.by, now=now, request=options.request)
    if options.json:
        put(found)
        return 0
    tried(options)
    say(deal_text.undone_line(found))
    return 0


def substitute(options: Namespace, settings: Settings) -> int:
    """Who or what could stand in for a part of a class; with another code, put it in."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    code, leaving = options.code.upper(), options.leaving.upper()
    if options.coming is None:
        found = session.store.read(moving.stand_ins, code, leaving, by=session.by, now=now)
        if options.json:
            put([{"code": s.code, "score": s.score, "warnings": plain(s.warnings)} for s in found])
            return 0
        for one in found:
            names = bundle_names(one.plan)
            told = "; ".join(violation_line(v, names, one.plan.sessions) for v in one.warnings)
            line(f"{named(one.code, names)}  {100 * one.score:.0f}  {told}".rstrip())
        if not found:
            say(_("Nobody and nothing passes every rule."))
        return 0
    run = session.store.rehearse if options.dry_run else session.store.write
    plan = run(
        moving.substitute,
        code,
        leaving,
        options.coming.upper(),
        reason=options.reason,
        by=session.by,
        now=now,
    )
    if options.json:
        put(plan)
    else:
        tried(options)
        told = _("{code}: {coming} stands in for {leaving}.")
        say(told.format(code=code, coming=options.coming.upper(), leaving=leaving))
    return 0


def postpone(options: Namespace, settings: Settings) -> int:
    """Say what a postponement means for each firm, and carry it out unless it is a dry run."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    day = _day(options.day)
    found = session.store.read(moving.impact, options.code.upper(), day, by=session.by, now=now)
    made: tuple[str, ...] = ()
    if not options.dry_run:
        made = session.store.write(
            moving.postpone, found, reason=options.reason, by=session.by, now=now
        )
    if options.json:
        affected = [
            {
                "proposal": one.proposal,
                "enterprise": one.enterprise,
                "heads": one.heads,
                "violations": plain(one.violations),
                "alternative": one.alternative.bundle.course.id if one.alternative else None,
            }
            for one in found.affected
        ]
        put({"plan": plain(found.plan), "affected": affected, "held": list(made)})
        return 0
    tried(options)
    told = [violation for one in found.affected for violation in one.violations]
    names = session.store.read(labels.of_violations, told, by=session.by)
    for text in deal_text.impact_lines(found, names):
        line(text)
    for code in made:
        say(_("Held instead: {code}.").format(code=code))
    return 0


def merge_classes(options: Namespace, settings: Settings) -> int:
    """Which classes below their minimum could be one; of two named ones what it means, then it is done."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    if options.kept is None or options.ended is None:
        return _list_ways(options, session.store.read(combining.candidates, by=session.by, now=now))
    codes = (options.kept.upper(), options.ended.upper())
    asked = {"reason": options.reason, "request": options.request}
    done = session.store.read(combining.repeated, *codes, by=session.by, **asked)
    if done is not None:
        put({"done": plain(done)}) if options.json else say(combining_text.combined_line(done))
        return 0
    found = session.store.read(combining.look, *codes, by=session.by, now=now)
    names = session.store.read(
        labels.of_violations, [v for a in found.affected for v in a.violations], by=session.by
    )
    lines = [*combining_text.way_lines(found, names), *combining_text.said_lines(found)]
    if not found.is_possible:
        raise ConflictError(
            "cannot_combine",
            one=codes[0],
            other=codes[1],
            why="; ".join(combining_text.obstacle_line(one) for one in found.obstacles),
        )
    said = combining_text.said(found)
    if not options.dry_run:
        write = session.store.write
        done = write(combining.combine, found, by=session.by, now=now, said=said, **asked)
    if options.json:
        put({**_way_json(found), "said": said, "done": plain(done)})
        return 0
    for text in lines:
        line(text)
    tried(options)
    if done is not None:
        say(combining_text.combined_line(done))
    return 0


def _list_ways(options: Namespace, ways: Sequence[Combination]) -> int:
    if options.json:
        put([_way_json(way) for way in ways])
        return 0
    for way in ways:
        line(f"{combining_text.way_line(way)}  {way.title}")
    if not ways:
        say(_("No two classes of one course are below their minimum."))
    return 0


def _way_json(way: Combination) -> dict[str, Any]:
    return {
        "kept": way.kept.code,
        "ended": way.ended.code,
        "course": way.course,
        "first_day": way.plan.days[0],
        "heads": way.heads,
        "least": way.least,
        "missing": way.missing,
        "room": way.room,
        "moved": list(way.moved),
        "displaced": list(way.displaced),
        "obstacles": plain(way.obstacles),
        "affected": [
            {
                "proposal": one.proposal,
                "enterprise": one.enterprise,
                "heads": one.heads,
                "violations": plain(one.violations),
                "alternative": one.alternative.bundle.course.id if one.alternative else None,
            }
            for one in way.affected
        ],
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("not_a_day", text=text) from None


def call_off(options: Namespace, settings: Settings) -> int:
    """Cancel a class before it begins."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    code = options.code.upper()
    count = run(moving.call_off, code, reason=options.reason, by=session.by, now=now)
    return _tell_state(options, code, "cancelled", count)


def close(options: Namespace, settings: Settings) -> int:
    """Close a finished class."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    run(moving.close, options.code.upper(), by=session.by, now=now)
    return _tell_state(options, options.code.upper(), "closed")


def open_need(options: Namespace, settings: Settings) -> int:
    """Open an expired need again."""
    return _step_need(options, settings, "open")


def close_need(options: Namespace, settings: Settings) -> int:
    """Close a delivered need."""
    return _step_need(options, settings, "close")


def divert_need(options: Namespace, settings: Settings) -> int:
    """Let a need wait for a course that is to be made."""
    return _step_need(options, settings, "divert")


def return_need(options: Namespace, settings: Settings) -> int:
    """Match a need again that waited for a course."""
    return _step_need(options, settings, "return")


def _step_need(options: Namespace, settings: Settings, act: str) -> int:
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    code = options.code.upper()
    return _tell_state(options, code, run(dealing.move_need, code, act, by=session.by, now=now))


def _tell_state(options: Namespace, code: str, status: str, proposals: int = 0) -> int:
    if options.json:
        put({"code": code, "status": status, "proposals": proposals})
        return 0
    tried(options)
    say(_("{code}: {state}.").format(code=code, state=value_word(status)))
    return 0


def no_show(options: Namespace, settings: Settings) -> int:
    """Note heads that did not come."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    fee = run(
        classes.no_show,
        options.code.upper(),
        options.heads,
        by=session.by,
        now=now,
        reason=options.reason,
        request=options.request,
    )
    if options.json:
        put({"proposal": options.code.upper(), "heads": options.heads, "fee_fen": fee})
    else:
        tried(options)
        say(_("Owed for {heads} no-shows: {fee}.").format(heads=options.heads, fee=money(fee)))
    return 0


def join_line(options: Namespace, settings: Settings) -> int:
    """Put a need at the end of a waiting line."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    need, resource = options.need.upper(), options.resource.upper()
    if options.kind == "class":
        several = run(class_lines.join, need, resource, by=session.by, now=now)
        put(several) if options.json else say(deal_text.waiting_lines(several))
        return 0
    found = run(waiting.join, need, options.kind, resource, by=session.by, now=now)
    _tell_waiting(options, found)
    return 0


def leave_line(options: Namespace, settings: Settings) -> int:
    """Take a firm out of its line."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    code = options.code.upper()
    if undoing.kind_of(code) == "waiting":
        _tell_waiting(options, run(waiting.leave, code, by=session.by, now=now))
        return 0
    several = run(class_lines.leave, code, by=session.by, now=now)
    put(several) if options.json else say(deal_text.waiting_lines(several))
    return 0


def undo_line(options: Namespace, settings: Settings) -> int:
    """Take one's last joining or leaving of a line back."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    code = options.code.upper()
    found = run(waiting.undo, code, by=session.by, now=now, request=options.request)
    _tell_waiting(options, found)
    return 0


def _tell_waiting(options: Namespace, found: waiting.Waiting) -> None:
    if options.json:
        put(found)
        return
    tried(options)
    say(deal_text.waiting_line(found))


def lines(options: Namespace, settings: Settings) -> int:
    """Who waits for what."""
    session = begin(options, settings)
    found = session.store.read(waiting.lines, by=session.by)
    if options.json:
        put(found)
        return 0
    rows = [
        [
            w.code,
            w.resource,
            str(w.place),
            value_word(w.status),
            str(w.group),
            deal_text.moment(w.until),
            f"{w.need} {w.enterprise}",
        ]
        for w in found
    ]
    headings = [
        _("Code"), _("For"), _("In line"), _("State"), _("Heads"), _("Until"), _("Enterprise"),
    ]  # fmt: skip
    table(headings, rows, [8, 10, 6, 12, 5, 16])
    return 0


def calls(options: Namespace, settings: Settings) -> int:
    """Whom to ring next, why, and what to say."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    found = session.store.read(desk.queue, by=session.by, now=now)
    centre = session.by.organisation
    if session.by.role == "operator":
        centre = session.store.read(records.fetch, "centre", centre, by=session.by).name
    if options.json:
        put([{**plain(c), "sentences": deal_text.sentences(c, centre)} for c in found])
        return 0
    for at, call in enumerate(found[: options.top], 1):
        sign = "!" if call.is_overdue(now) else " "
        left = deal_text.time_left(call.due, now)
        line(f"{at:2}.{sign} {call.name}  {call.record}  {deal_text.why_line(call)}  {left}")
        for text in deal_text.sentences(call, centre):
            line(f"      {text}")
    return 0


def called(options: Namespace, settings: Settings) -> int:
    """Keep what a call came to."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    again = run(
        desk.outcome,
        options.record.upper(),
        options.party.upper(),
        options.outcome,
        by=session.by,
        now=now,
        note=options.note,
        request=options.request,
    )
    if options.json:
        put({"record": options.record.upper(), "again": again})
    else:
        tried(options)
        say(_("Kept. Again: {when}.").format(when=deal_text.moment(again)))
    return 0


def replies(options: Namespace, settings: Settings) -> int:
    """How long each party takes to answer."""
    session = begin(options, settings)
    found = session.store.read(desk.ledger, by=session.by)
    if options.json:
        put(found)
        return 0
    rows = [
        [
            r.party,
            str(r.asked),
            str(r.answered),
            str(r.accepted),
            "–" if r.median_hours is None else f"{r.median_hours:g}",
            r.name,
        ]
        for r in found
    ]
    headings = [
        _("Code"), _("Asked"), _("Answered"), _("Agreed"), _("Hours, middle"), _("Name"),
    ]  # fmt: skip
    table(headings, rows, [8, 6, 8, 6, 13])
    return 0


def show_clocks(options: Namespace, settings: Settings) -> int:
    """How long each step may take."""
    session = begin(options, settings)
    found = asdict(session.store.read(clocks.clocks))
    if options.json:
        put(found)
    else:
        for name, value in found.items():
            line(f"{name}={value}")
    return 0


def set_clocks(options: Namespace, settings: Settings) -> int:
    """Change how long steps may take."""
    session = begin(options, settings)
    changes = {}
    for word in options.fields:
        name, sign, value = word.partition("=")
        if not sign or name not in asdict(clocks.Clocks()):
            raise UsageError("field_unknown", name=name, known=", ".join(asdict(clocks.Clocks())))
        if not value.strip().isdigit():
            raise UsageError("clock_range", name=name, value=value)
        changes[name] = int(value)
    run = session.store.rehearse if options.dry_run else session.store.write
    put_or_say = run(clocks.set_clocks, changes, by=session.by)
    if options.json:
        put(asdict(put_or_say))
    else:
        tried(options)
        say(_("Kept."))
    return 0


def run_clocks(options: Namespace, settings: Settings) -> int:
    """Do what the passing of time does: for cron; open desks do it by themselves."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    found = run(sweep.sweep, now)
    if options.json:
        put(found)
    else:
        tried(options)
        told = _("{holds} holds ended, {lapsed} proposals lapsed, {expired} needs expired.")
        say(told.format(holds=found.holds, lapsed=len(found.lapsed), expired=len(found.expired)))
    return 0
