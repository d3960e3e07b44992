"""`visit`, `draw`, `risk` and `class charge`: how classes are watched."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable
from typing import Any

from store.errors import UsageError
from store.services import charges, classes, draws, reference, risks, supervision_rules, visits
from store.services.supervision_rules import Item
from store.services.visits import Finding, Visit, Wish
from tui import supervision_text as text
from tui.cli.figures import show
from tui.cli.output import line, plain, put, say, tried
from tui.cli.session import Session, begin
from tui.settings import Settings
from tui.typed import typed_day


def plan(options: Namespace, settings: Settings) -> int:
    """A visit to come."""
    session = begin(options, settings)
    wish = Wish(
        options.code.upper(),
        typed_day(options.day, session.today),
        typed_clock(options.lesson) if options.lesson else None,
        options.visitor,
        "unplanned" if options.unannounced else "planned",
        options.draw.upper() if options.draw else None,
    )
    return _told(options, session, visits.plan, wish)


def typed_clock(words: str) -> int:
    """`18:30` in minutes after midnight."""
    hour, colon, minute = words.partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and int(minute) < 60):
        raise UsageError("not_a_clock", text=words)
    return int(hour) * 60 + int(minute)


def record(options: Namespace, settings: Settings) -> int:
    """What was seen at a visit."""
    session = begin(options, settings)
    one = session.store.read(visits.shown, options.code.upper(), by=session.by)
    items = session.store.read(supervision_rules.checklist, one.checklist).items
    answers = {item.code: options.rest for item in items if options.rest}
    answers.update(map(read_answer, options.answers))
    findings = tuple(map(read_finding, options.finding))
    again = typed_day(options.follow_up, session.today) if options.follow_up else None
    return _told(
        options, session, visits.record, one.code, answers, findings, note=options.note, follow_up=again
    )  # fmt: skip


def read_answer(words: str) -> tuple[str, str]:
    """`safety=no`."""
    item, equals, said = words.partition("=")
    if not equals:
        raise UsageError("answer_words", text=words)
    return item, said


def read_finding(words: str) -> Finding:
    """`safety grave no guard on the grinder`."""
    parts = words.split(maxsplit=2)
    if len(parts) < 3:
        raise UsageError("finding_words", text=words)
    return Finding(*parts)


def answer(options: Namespace, settings: Settings) -> int:
    """What the institution says of the findings."""
    session = begin(options, settings)
    return _told(options, session, visits.answer, options.code.upper(), options.words)


def close(options: Namespace, settings: Settings) -> int:
    """End a visit."""
    session = begin(options, settings)
    return _told(options, session, visits.close, options.code.upper(), options.reason)


def withdraw(options: Namespace, settings: Settings) -> int:
    """Call a planned visit off."""
    session = begin(options, settings)
    return _told(options, session, visits.withdraw, options.code.upper(), options.reason)


def list_visits(options: Namespace, settings: Settings) -> int:
    """Visits, what is to be settled first."""
    session = begin(options, settings)
    found = session.store.read(
        visits.listed,
        by=session.by,
        training_class=(options.training_class or "").upper(),
        is_open=options.open,
    )
    told = [{**plain(one), "is_overdue": one.is_overdue(session.today)} for one in found]
    return show(options, told, text.visit_sheet(found, session.today))


def show_visit(options: Namespace, settings: Settings) -> int:
    """One visit."""
    session = begin(options, settings)
    found = session.store.read(visits.shown, options.code.upper(), by=session.by)
    if options.json:
        put(found)
    else:
        _write(_lines(session, found))
    return 0


def checklist(options: Namespace, settings: Settings) -> int:
    """The checklist in use; with CODE=words items a new version of it."""
    session = begin(options, settings)
    if options.items:
        made = [Item(*word.partition("=")[::2]) for word in options.items]
        found = _writer(options, session)(supervision_rules.set_checklist, made, by=session.by)
        tried(options)
    else:
        found = session.store.read(supervision_rules.checklist)
    if options.json:
        put(found)
    else:
        _write(f"{item.code}  {text.item_word(item)}" for item in found.items)
    return 0


def rules(options: Namespace, settings: Settings) -> int:
    """The numbers of supervision; with NAME=VALUE other ones."""
    session = begin(options, settings)
    if options.fields:
        changes = dict(map(_number, options.fields))
        found = _writer(options, session)(supervision_rules.set_rules, changes, by=session.by)
        tried(options)
    else:
        found = session.store.read(supervision_rules.rules)
    if options.json:
        put(found)
    else:
        _write(f"{name}={value}" for name, value in plain(found).items())
    return 0


def _number(word: str) -> tuple[str, int]:
    name, _equals, value = word.partition("=")
    if not value.isdecimal():
        raise UsageError("not_a_number", text=word)
    return name, int(value)


def make_draw(options: Namespace, settings: Settings) -> int:
    """Draw classes to be visited."""
    session = begin(options, settings)
    found = _writer(options, session)(
        draws.make,
        options.seed,
        of=typed_day(options.of, session.today) if options.of else None,
        percent=options.percent,
        weighing="risk" if options.by_risk else "equal",
        by=session.by,
        now=session.store.read(reference.now),
    )
    tried(options)
    if options.json:
        put(found)
    else:
        _write(text.draw_lines(found))
    return 0


def verify_draw(options: Namespace, settings: Settings) -> int:
    """Draw again and compare; exit 1 where something else comes out."""
    session = begin(options, settings)
    found = session.store.read(draws.verify, options.code.upper(), by=session.by)
    if options.json:
        put({**plain(found), "is_proven": found.is_proven})
    else:
        _write(text.proof_lines(found))
    return 0 if found.is_proven else 1


def list_draws(options: Namespace, settings: Settings) -> int:
    """Every draw, and how far visits have come this quarter."""
    session = begin(options, settings)
    found = session.store.read(draws.listed, by=session.by)
    reached = session.store.read(draws.coverage, of=session.today, by=session.by)
    told = {"coverage": {**plain(reached), "wanted": reached.wanted}, "draws": found}
    return show(options, told, text.draw_sheet(found, text.coverage_line(reached)))


def show_draw(options: Namespace, settings: Settings) -> int:
    """One draw with its population."""
    session = begin(options, settings)
    found = session.store.read(draws.shown, options.code.upper(), by=session.by)
    if options.json:
        put(found)
    else:
        _write(text.draw_lines(found))
    return 0


def list_risks(options: Namespace, settings: Settings) -> int:
    """Every risk flag with the records behind it."""
    session = begin(options, settings)
    found = session.store.read(risks.flags, by=session.by, today=session.today)
    if options.kind:
        found = tuple(one for one in found if one.kind == options.kind)
    told = [{**plain(one), "reason": text.flag_line(one)} for one in found]
    return show(options, told, text.flag_sheet(found))


def confirm_risk(options: Namespace, settings: Settings) -> int:
    """Say that a flag is right."""
    return _decide(options, settings, "confirmed")


def dismiss_risk(options: Namespace, settings: Settings) -> int:
    """Say that a flag means nothing."""
    return _decide(options, settings, "dismissed")


def _decide(options: Namespace, settings: Settings, decision: str) -> int:
    session = begin(options, settings)
    found = _writer(options, session)(
        risks.decide,
        options.code,
        decision,
        options.reason,
        by=session.by,
        now=session.store.read(reference.now),
        today=session.today,
    )
    tried(options)
    if options.json:
        put(found)
    else:
        say(f"✓ {options.code}: {found.reason}")
    return 0


def charge(options: Namespace, settings: Settings) -> int:
    """Name who answers for a part of a class."""
    session = begin(options, settings)
    found = _writer(options, session)(
        charges.put,
        options.code.upper(),
        options.part,
        options.organisation.upper(),
        options.person,
        by=session.by,
        now=session.store.read(reference.now),
    )
    tried(options)
    if options.json:
        put(found)
    else:
        _write(text.charge_lines(found))
    return 0


def _told(
    options: Namespace, session: Session, service: Callable[..., Visit], *words: Any, **more: Any
) -> int:
    now = session.store.read(reference.now)
    found = _writer(options, session)(service, *words, **more, by=session.by, now=now)
    tried(options)
    if options.json:
        put(found)
    else:
        _write(_lines(session, found))
    return 0


def _lines(session: Session, found: Visit) -> Iterable[str]:
    items = session.store.read(supervision_rules.checklist, found.checklist)
    sheet = session.store.read(classes.sheet, found.training_class, by=session.by)
    return text.visit_lines(found, items, sheet.charges, session.today)


def _write(lines: Iterable[str]) -> None:
    for told in lines:
        line(told)


def _writer(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write
