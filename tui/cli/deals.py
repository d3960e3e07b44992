"""`propose` and `proposal`: hold a bundle, offer it, answer it, confirm it, cancel it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from store.errors import ConflictError, InvalidError, TakenError, UsageError
from store.schemas.terms import CounterDraft, TermsDraft
from store.services import (
    answers,
    decisions,
    inbox,
    labels,
    matchmaking,
    proposals,
    reducing,
    reference,
    subsidies,
)
from store.services.dealing import Outcome
from store.services.rights import Act, reach
from tui import deal_text
from tui.cli.choose import policy
from tui.cli.match import net_json
from tui.cli.output import asked, line, plain, put, say, table, tried
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.messages import field_causes, sentence
from tui.render import money, violation_line
from tui.settings import Settings
from tui.words import value_word


def propose(options: Namespace, settings: Settings) -> int:
    """Hold a bundle of a need's ranking, and send it where that is asked for."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    need, course = options.need.upper(), options.course.upper()
    choice = session.store.read(
        decisions.prepare,
        need,
        course,
        by=session.by,
        today=session.today,
        top=options.top,
        policy=policy(options, session),
        reason=options.reason,
    )
    run = session.store.rehearse if options.dry_run else session.store.write
    try:
        made = run(proposals.draft, choice, by=session.by, now=now, request=options.request)
        if options.send and not options.dry_run and made.status == "draft":
            made = session.store.write(
                proposals.send, made.code, version=made.version, by=session.by, now=now
            )
    except TakenError as error:
        return _offer_next(options, session, need, error)
    return _tell(options, session, made)


def _offer_next(options: Namespace, session: Session, need: str, error: TakenError) -> int:
    """Somebody was faster: say so, and what comes next."""
    found = session.store.read(
        matchmaking.rank_bundles, need, by=session.by, today=session.today, top=1
    ).ranking.bundles
    following = found[0] if found else None
    if options.json:
        put(
            {
                "error": error.code,
                "message": sentence(error),
                "params": error.params,
                "next": following.course.id if following else None,
            }
        )
    say(sentence(error))
    if following is not None:
        say(
            _("Next best: {course} {title}. Take it with `duijie propose {need} {course}`.").format(
                course=following.course.id, title=following.course.title, need=need
            )
        )
    return error.exit_code


def list_all(options: Namespace, settings: Settings) -> int:
    """Proposals, the clock that ends first on top."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    found = session.store.read(
        inbox.proposals,
        by=session.by,
        need=options.need.upper() if options.need else None,
        live_only=not options.all,
        limit=options.top,
    )
    if options.json:
        put(found)
        return 0
    rows = [
        [
            p.code,
            ("!" if p.is_mine else " ") + value_word(p.status),
            deal_text.time_left(p.until, now),
            p.enterprise,
            str(p.heads),
            p.first_day.isoformat(),
            p.title,
        ]
        for p in found
    ]
    headings = [
        _("Code"), _("State"), _("Clock"), _("Enterprise"), _("Heads"), _("First day"), _("Course"),
    ]  # fmt: skip
    table(headings, rows, [8, 12, 8, 24, 5, 10])
    return 0


def show(options: Namespace, settings: Settings) -> int:
    """One proposal with everything about it."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    found = session.store.read(inbox.proposal, options.code.upper(), by=session.by)
    net = None
    if reach(session.by, Act.READ, "match"):
        net = session.store.read(subsidies.deal_net, found.code, by=session.by)
    if options.json:
        put({**plain(found), **({"subsidy": net_json(net)} if net else {})})
        return 0
    for text in (
        *deal_text.proposal_lines(found, now, net),
        "",
        *deal_text.session_lines(found.plan.sessions, found.names),
        "",
        *deal_text.taken_lines(found),
        "",
        *deal_text.history_lines(found),
    ):
        line(text)
    return 0


def _act(
    options: Namespace, settings: Settings, service: Callable[..., Outcome], **more: Any
) -> int:
    """Carry out one step of a proposal and tell what it came to."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    run = session.store.rehearse if options.dry_run else session.store.write
    made = run(service, options.code.upper(), by=session.by, now=now, **more)
    return _tell(options, session, made)


def _tell(options: Namespace, session: Session, made: Outcome) -> int:
    if options.json:
        put(made)
        return 0
    tried(options)
    say(
        _("{code}: {state} (until {until}).").format(
            code=made.code, state=value_word(made.status), until=deal_text.moment(made.until)
        )
        if made.until
        else _("{code}: {state}.").format(code=made.code, state=value_word(made.status))
    )
    names = session.store.read(labels.of_violations, made.warnings, by=session.by)
    for found in made.warnings:
        say(f"  ! {violation_line(found, names)}")
    return 0


def send(options: Namespace, settings: Settings) -> int:
    """Offer a draft to everyone it concerns."""
    return _act(options, settings, proposals.send, request=options.request)


def accept(options: Namespace, settings: Settings) -> int:
    """Agree for one's own organisation, or for the one that said so on the telephone."""
    return _act(options, settings, answers.accept, party=_party(options))


def decline(options: Namespace, settings: Settings) -> int:
    """Say no, and why."""
    return _act(options, settings, answers.decline, party=_party(options), reason=options.reason)


def revise(options: Namespace, settings: Settings) -> int:
    """Change the terms of a draft."""
    said = _draft(TermsDraft, options.fields)
    session = begin(options, settings)
    found = session.store.read(inbox.proposal, options.code.upper(), by=session.by)
    return _act(options, settings, proposals.revise, changes=said, version=found.version)


def counter(options: Namespace, settings: Settings) -> int:
    """Put other terms forward; other heads or a later start get another plan."""
    said = _draft(CounterDraft, options.fields)
    plan = None
    if said.heads is not None or said.not_before is not None:
        session = begin(options, settings)
        now = session.store.read(reference.now)
        plan = session.store.read(
            answers.replan,
            options.code.upper(),
            by=session.by,
            now=now,
            heads=said.heads,
            not_before=said.not_before,
        )
    return _act(options, settings, answers.counter, changes=said, plan=plan, party=_party(options))


def withdraw(options: Namespace, settings: Settings) -> int:
    """Take a proposal back."""
    return _act(options, settings, proposals.withdraw, reason=options.reason)


def confirm(options: Namespace, settings: Settings) -> int:
    """Turn what is held into bookings."""
    return _act(options, settings, proposals.confirm, request=options.request)


def undo(options: Namespace, settings: Settings) -> int:
    """Take one's last step back."""
    more = {"reason": options.reason, "request": options.request}
    return _act(options, settings, answers.undo, **more)


def cancel(options: Namespace, settings: Settings) -> int:
    """Say what cancelling costs by the frozen terms, ask, and cancel."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    code = options.code.upper()
    cost = session.store.read(proposals.cancel_cost, code, by=session.by, now=now)
    if options.dry_run:
        tried(options)
        if options.json:
            put(cost)
        else:
            say(deal_text.cost_line(cost))
        return 0
    say(deal_text.cost_line(cost))
    if options.fee is not None:
        say(_("Instead: {fee}.").format(fee=money(round(options.fee * 100))))
    if not options.reason.strip():
        raise InvalidError("reason_missing")
    if not options.yes and not asked(_("Cancel {code}? [y/N] ").format(code=code)):
        raise ConflictError("not_confirmed", id=code)
    fee = None if options.fee is None else round(options.fee * 100)
    return _act(options, settings, proposals.cancel, reason=options.reason, fee_fen=fee)


def reduce(options: Namespace, settings: Settings) -> int:
    """Say what withdrawing some heads costs and means, ask, and do it."""
    session = begin(options, settings)
    now = session.store.read(reference.now)
    code = options.code.upper()
    fee = None if options.fee is None else round(options.fee * 100)
    fewer = reducing.Fewer(options.heads, options.still_wanted, options.request)
    more: dict[str, Any] = {"reason": options.reason, "fee_fen": fee}
    done = session.store.read(reducing.repeated, code, fewer, by=session.by, **more)
    if done is not None:
        return _tell(options, session, done)
    found = session.store.read(reducing.look, code, options.heads, by=session.by, now=now)
    if options.dry_run:
        tried(options)
        if options.json:
            put(found)
            return 0
    for text in deal_text.reduction_lines(found):
        say(text)
    if options.dry_run:
        return 0
    if not options.reason.strip():
        raise InvalidError("reason_missing")
    question = _("Go on with {heads} heads of {code}? [y/N] ")
    if not options.yes and not asked(question.format(heads=found.after, code=code)):
        raise ConflictError("not_confirmed", id=code)
    return _act(options, settings, reducing.reduce, fewer=fewer, **more)


def _party(options: Namespace) -> str | None:
    return options.party.upper() if options.party else None


def _draft(kind: type[TermsDraft], words: Sequence[str]) -> Any:
    found = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name not in kind.model_fields:
            raise UsageError("field_unknown", name=name, known=", ".join(kind.model_fields))
        found[name] = value
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        told = "; ".join(f"{name}: {why}" for name, why in field_causes(error).items())
        raise InvalidError("fields_wrong", causes=told) from error
