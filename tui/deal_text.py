"""Words for proposals, classes and calls: the same lines on screens and on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from store.schemas.terms import write_scale
from store.services.terms import Change, Terms, changes
from tui.i18n import _, mark
from tui.render import money, named, session_span, violation_line
from tui.words import act_word, day_word, kind_word, value_word

if TYPE_CHECKING:
    from matching.types import Session
    from store.schemas.cost import Shared
    from store.services.audit import AuditEntry
    from store.services.classes import TrainingClass
    from store.services.desk import Reply
    from store.services.inbox import Answer, Proposal
    from store.services.moving import Affected, Postponement
    from store.services.proposals import Cost
    from store.services.reducing import Reduction
    from store.services.reminders import Call
    from store.services.subsidies import Net
    from store.services.taking_back import Undone
    from store.services.waiting import Waiting

_CHINA = ZoneInfo("Asia/Shanghai")
_TERMS = {
    "heads": mark("Heads"),
    "price_fen": mark("Price a head"),
    "sessions": mark("Sessions"),
    "instructors": mark("Instructors"),
    "venue": mark("Venue"),
    "assessment": mark("Assessment"),
    "scale": mark("Cancellation"),
    "no_show_percent": mark("No-show"),
    "includes": mark("Includes"),
    "note": mark("Note"),
}
_WHY = {
    "yours": mark("waits for your answer"),
    "answer": mark("has not answered the proposal"),
    "answer_firm": mark("the firm has not answered"),
    "answer_last": mark("last day to answer the proposal"),
    "answer_last_firm": mark("last day for the firm to answer"),
    "counter": mark("has not answered the counter-offer"),
    "counter_firm": mark("the firm has not answered the counter-offer"),
    "confirm": mark("everyone agreed: confirm it"),
    "draft": mark("held, not sent yet"),
    "claim": mark("its turn in the waiting line"),
    "unmet": mark("nothing found for it yet"),
    "decide": mark("below the minimum: hold it or not?"),
    "moved": mark("its class has other dates: does it come?"),
    "begins": mark("its class begins soon"),
    "begins_class": mark("the class begins soon: is all ready?"),
    "renew": mark("its need ran out: renew it?"),
    "filing": mark("has not filed in time"),
    "follow_up": mark("what a visit found is not settled"),
    "visit_answer": mark("a visit waits for your answer"),
}
_SAY: dict[str, tuple[str, str]] = {
    "yours": (
        mark("“{title}” for {heads} people, from {day} on, waits for your answer."),
        mark("Accept, decline or counter it on screen 7 before {due}."),
    ),
    "answer": (
        mark(
            "Good day, this is {centre}: we have {heads} people for your “{title}” from {day} on."
        ),
        mark("Can you take them on these dates and terms? We need your answer by {due}."),
    ),
    "answer_firm": (
        mark(
            "Good day, this is {centre}: we found “{title}” for your {heads} people, from {day} on."
        ),
        mark("Do the dates and the price suit you? The places are kept until {due}."),
    ),
    "answer_last": (
        mark(
            "Good day, this is {centre}: “{title}” for {heads} people still waits for your answer."
        ),
        mark("Without it the proposal ends on {due}. Can you take them?"),
    ),
    "answer_last_firm": (
        mark(
            "Good day, this is {centre}: your {heads} places in “{title}” still wait for your answer."
        ),
        mark("Without it they go back on {due}. Shall we keep them for you?"),
    ),
    "moved": (
        mark("Good day, this is {centre}: “{title}” for your {heads} people begins on {day} now."),
        mark("Do the new dates suit you? If not, you may leave and owe nothing."),
    ),
    "begins": (
        mark(
            "Good day, this is {centre}: “{title}” begins on {day}, with {heads} people of yours."
        ),
        mark("Do they all come, and do they know when and where?"),
    ),
    "begins_class": (
        mark(
            "Good day, this is {centre}: your class “{title}” begins on {day} with {heads} people."
        ),
        mark("Are the instructor, the room and the workstations ready?"),
    ),
    "renew": (
        mark(
            "Good day, this is {centre}: the time for “{title}”, your {heads} people, has run out."
        ),
        mark("Do you still need it? Then we open it again (o on screen 2) with new dates."),
    ),
    "counter": (
        mark("Good day, this is {centre}: the terms for “{title}” ({heads} people) have changed."),
        mark("Do you agree to what is new? We need your answer by {due}."),
    ),
    "counter_firm": (
        mark("Good day, this is {centre}: there are new terms for “{title}”, your {heads} people."),
        mark("Do you agree to them? The places are kept until {due}."),
    ),
    "confirm": (
        mark("Everyone agreed to “{title}” for {heads} people, from {day} on."),
        mark("Confirm it before {due}, then tell the firm that it is booked."),
    ),
    "draft": (
        mark("“{title}” is held for {heads} people of {firm}, from {day} on."),
        mark("Send it before {due}, or the places go back."),
    ),
    "claim": (
        mark("Good day, this is {centre}: {heads} places have come free from {day} on."),
        mark("They are kept for you until {due}. Shall we take them?"),
    ),
    "unmet": (
        mark(
            "Good day, this is {centre}: we are still looking for “{title}” for your {heads} people."
        ),
        mark("Do you still need it, and could the dates, the place or the price move?"),
    ),
    "filing": (
        mark("Good day, this is {centre}: your filing is missing: {title}."),
        mark(
            "It was due on {day}. Is all the same as last time? Then we can enter that for you now."
        ),
    ),
    "follow_up": (
        mark("Good day, this is {centre}: a visit to “{title}” on {day} found something."),
        mark("It was to be settled by {due}. What have you done, and when can we look again?"),
    ),
    "visit_answer": (
        mark("A visit to “{title}” on {day} found something."),
        mark("Say on screen S by {due} what you have done about it."),
    ),
    "decide": (
        mark("“{title}” from {day} on is {heads} people short of its minimum."),
        mark("Decide by {due}: join it with another class, postpone it, or cancel it."),
    ),
}


def moment(at: datetime | None) -> str:
    """`11-24 Tue 18:00` where the desks are; a dash for none."""
    if at is None:
        return "–"
    local = at.astimezone(_CHINA)
    return f"{day_word(local.date())} {local:%H:%M}"


def time_left(until: datetime | None, now: datetime) -> str:
    """How long a clock still runs: `25 min`, `7 h`, `3 d`, or that it is over."""
    if until is None:
        return ""
    minutes = int((until - now.astimezone(UTC)).total_seconds() // 60)
    if minutes < 0:
        return _("over")
    if minutes < 90:
        return _("{count} min").format(count=minutes)
    if minutes < 48 * 60:
        return _("{count} h").format(count=minutes // 60)
    return _("{count} d").format(count=minutes // (24 * 60))


def heads_word(heads: int) -> str:
    """`12 heads`."""
    return _("1 head") if heads == 1 else _("{count} heads").format(count=heads)


def part_word(part: str, names: Mapping[str, str]) -> str:
    """What a party answers for."""
    kind, _sign, code = part.partition(":")
    words = {
        "course": _("course"),
        "instructor": _("instructor"),
        "stations": _("workstations"),
        "assessment": _("assessment date"),
        "enterprise": _("firm"),
    }
    return f"{words.get(kind, kind)} {named(code, names)}".strip()


def term_word(name: str) -> str:
    """The label of a term."""
    return _(_TERMS[name])


def labelled(name: str, value: str) -> str:
    """A term with its label."""
    return _("{name}: {value}").format(name=term_word(name), value=value)


def term_value(name: str, value: Any) -> str:
    """A term as people read it."""
    if name == "price_fen":
        return money(value)
    if name == "scale":
        return write_scale(tuple(tuple(step) for step in value)) or "–"
    if name == "no_show_percent":
        return f"{value} %"
    if name == "sessions":
        shown = "; ".join(value[:3])
        return shown + (f" … ({len(value)})" if len(value) > 3 else "")
    if isinstance(value, list | tuple):
        return ", ".join(value) or "–"
    return str(value or "–")


def yours_and_theirs(typed: Mapping[str, str], began: Terms, theirs: Terms) -> str:
    """What somebody else changed meanwhile, beside what was typed."""
    names = {"price_fen": "price"}
    lines = [_("Somebody else changed the terms meanwhile; yours stay in the form:")]
    for change in changes(began, theirs):
        value = term_value(change.name, change.after)
        mine = typed.get(names.get(change.name, change.name))
        both = _("yours {mine} | theirs {theirs}").format(mine=mine, theirs=value)
        told = both if mine is not None else _("theirs {theirs}").format(theirs=value)
        lines.append(labelled(change.name, told))
    return "\n".join(lines)


def change_lines(found: Sequence[Change]) -> list[str]:
    """Terms that changed, old and new."""
    return [
        labelled(c.name, f"{term_value(c.name, c.before)} → {term_value(c.name, c.after)}")
        for c in found
    ]


def price_told(fen: int | None, *, is_told: bool) -> str:
    """A price, or that it is not for the reader: that is another thing than one nobody knows."""
    return money(fen) if is_told else _("not shown to you")


def terms_lines(terms: Terms, *, is_price_told: bool = True) -> list[str]:
    """The terms as they stand."""
    total = money(terms.total_fen)
    told = _("Price: {price} a head, {total} for {heads} heads").format(
        price=money(terms.price_fen), total=total, heads=terms.heads
    )
    if not is_price_told:
        told = _("Price: not shown to you; {heads} heads").format(heads=terms.heads)
    lines = [told]
    if terms.scale or terms.no_show_percent:
        lines.append(labelled("scale", scale_words(terms)))
    lines += [
        labelled(name, getattr(terms, name))
        for name in ("includes", "note")
        if getattr(terms, name)
    ]
    return lines


def scale_words(terms: Terms) -> str:
    """The cancellation scale in words."""
    steps = [
        _("{days} days or less: {percent} %").format(days=days, percent=percent)
        for days, percent in terms.scale
    ]
    steps.append(_("not coming: {percent} %").format(percent=terms.no_show_percent))
    return ", ".join(steps)


def answer_line(answer: Answer, names: Mapping[str, str]) -> str:
    """One party, its parts and what it said."""
    sign = {"accepted": "✓", "declined": "✕"}.get(answer.status, "…")
    parts = ", ".join(part_word(part, names) for part in answer.parts)
    if answer.status == "pending":
        told = _("answers by {due}").format(due=moment(answer.due))
    else:
        said = _("agreed") if answer.status == "accepted" else _("declined it")
        told = f"{said} {moment(answer.answered_at)}"
    reason = f"  {answer.reason}" if answer.reason else ""
    return f"{sign} {answer.name} ({parts})  {told}{reason}"


def session_lines(sessions: Sequence[Session], names: Mapping[str, str]) -> list[str]:
    """Who teaches and where, then the dated sessions; what is the same in all of them is said once."""
    people = list(dict.fromkeys(s.instructor for s in sessions if s.instructor))
    places = list(dict.fromkeys(names.get(s.slot, "") for s in sessions if s.slot))
    lines = []
    if len(people) == 1:
        lines.append(_("Instructors: {people}").format(people=named(people[0], names)))
    if len(places) == 1 and places[0]:
        lines.append(labelled("venue", places[0]))
    for s in sessions:
        who = named(s.instructor or "", names) if len(people) > 1 else ""
        where = named(s.slot or "", names) if len(places) > 1 else s.slot or ""
        what = _("practice") if s.practice else _("theory")
        told = (day_word(s.day), session_span(s), what, who, where)
        lines.append("  ".join(filter(None, told)))
    return lines


def proposal_lines(found: Proposal, now: datetime, net: Net | None = None) -> Iterator[str]:
    """Everything about a proposal."""
    clock = f" · {time_left(found.until, now)}" if found.until else ""
    yield f"{found.code}  {value_word(found.status)}{clock}"
    yield f"{found.need}  {found.enterprise}  {heads_word(found.heads)}"
    yield f"{found.title} {found.course}"
    yield _("{first} to {last}, {count} sessions").format(
        first=day_word(found.first_day),
        last=day_word(found.last_day),
        count=len(found.plan.sessions),
    )
    yield from terms_lines(found.terms, is_price_told=found.is_price_told)
    if net is not None and (net.subsidy is None or net.subsidy):
        from tui.policy_words import net_line

        yield _("A head after subsidies: {text}").format(text=net_line(net))
    if found.fee_fen is not None:
        yield _("Owed for cancelling: {fee}").format(fee=money(found.fee_fen))
    if found.reason:
        yield _("Reason: {reason}").format(reason=found.reason)
    if found.changes:
        yield _("New in round {round}:").format(round=found.round)
        yield from (f"  {line}" for line in change_lines(found.changes))
    yield from (answer_line(answer, found.names) for answer in found.answers)
    yield from late_lines(found)
    if found.pool:
        yield _("Pooled class {code} with:").format(code=found.pool)
        for mate in found.mates:
            told = f"{mate.proposal}  {mate.enterprise}  {heads_word(mate.heads)}"
            yield f"  {told}  {value_word(mate.status)}"
    if found.training_class:
        yield _("Class {code}").format(code=found.training_class)


def late_lines(found: Proposal) -> Iterator[str]:
    """That somebody may still answer when the class has begun, so that a call is better."""
    dues = [answer.due for answer in found.answers if answer.status == "pending"]
    late = [due for due in dues if due.astimezone(_CHINA).date() >= found.first_day]
    if found.status == "sent" and late:
        told = _("! It begins on {day}, before all have to answer ({due}): ring them.")
        yield told.format(day=day_word(found.first_day), due=moment(max(late)))


def taken_lines(found: Proposal) -> Iterator[str]:
    """The capacity that a proposal has."""
    for claim in found.taken:
        window = ""
        if (claim.start, claim.end) != (0, 24 * 60):
            window = f" {claim.start // 60:02d}:{claim.start % 60:02d}"
            window += f"-{claim.end // 60:02d}:{claim.end % 60:02d}"
        yield f"{day_word(claim.day)}{window}  {named(claim.resource, found.names)} x{claim.quantity}"


def reply_line(reply: Reply | None) -> str:
    """How a party usually answers."""
    if reply is None or reply.median_hours is None:
        return _("Has not answered anything yet.")
    return _(
        "Answers after {hours} h as a rule: asked {asked}, answered {answered}, agreed {accepted}."
    ).format(
        hours=f"{reply.median_hours:g}",
        asked=reply.asked,
        answered=reply.answered,
        accepted=reply.accepted,
    )


def history_lines(found: Proposal) -> Iterator[str]:
    """What happened to a proposal, oldest first."""
    return entry_lines(found.history)


def entry_lines(entries: Sequence[AuditEntry]) -> Iterator[str]:
    """Acts with who, when and why."""
    for entry in entries:
        reason = f"  {entry.reason}" if entry.reason else ""
        yield f"{moment(entry.at)}  {entry.login}  {act_word(entry.act)}{reason}"
        yield from (f"  {line}" for line in _said_lines(entry))


def _said_lines(entry: AuditEntry) -> Iterator[str]:
    """What a repair or a merger said to whom, as it was written down."""
    is_telling = entry.act in ("repair", "combine")
    told = json.loads(entry.after) if is_telling and entry.after else {}
    for name, words in told.get("said", {}).items():
        yield _("To {name}:").format(name=name) + " " + words


def shared_lines(found: Iterable[Shared]) -> Iterator[str]:
    """What the stations of a class in shared rooms come to, and who bears how much of it."""
    for one in found:
        yield _("Shared costs {code}: {hours} h × {price} = {amount}").format(
            code=f"{one.cost} {one.venue_name}",
            hours=f"{one.minutes / 60:g}",
            price=money(one.hour_fen),
            amount=money(one.fen),
        )
        for part in one.parts:
            yield f"  {part.institution} {part.name}  {part.percent} %  {money(part.fen)}"


_FILLING = ("forming", "ready", "running")


def class_lines(found: TrainingClass) -> Iterator[str]:
    """A class: what, when, how many, what it earns, who answers for it."""
    yield f"{found.code}  {value_word(found.status)}"
    yield f"{found.title} {found.course}"
    yield found.institution_name
    yield _("{first} to {last}, {count} sessions").format(
        first=day_word(found.first_day), last=day_word(found.last_day), count=len(found.sessions)
    )
    least = found.min_heads or 1
    yield _("{heads} heads, at least {least}").format(heads=found.heads, least=least)
    if found.elsewhere:
        yield _("{count} more that the institution found itself").format(count=found.elsewhere)
    if found.status == "forming" and found.decide_by is not None:
        yield _("Decide by {day}: {missing} more are needed").format(
            day=day_word(found.decide_by), missing=max(least - found.heads - found.elsewhere, 0)
        )
    if found.status in _FILLING:
        yield _("Roster free to change until {day}, then only for a reason").format(
            day=day_word(found.entry_closes)
        )
    yield _("Income: {amount}").format(
        amount=price_told(found.income_fen, is_told=found.is_price_told)
    )
    people = ", ".join(named(code, found.names) for code in found.instructors)
    if people:
        yield _("Instructors: {people}").format(people=people)
    if found.venue:
        yield labelled("venue", named(found.venue, found.names))
    for member in found.members:
        price = price_told(member.price_fen, is_told=found.is_price_told)
        told = f"{member.proposal}  {member.enterprise}  {member.heads} x {price}"
        if member.no_shows:
            told += "  " + _("{count} did not come: {fee}").format(
                count=member.no_shows, fee=price_told(member.owed_fen, is_told=found.is_price_told)
            )
        yield told
    from tui.supervision_text import charge_lines  # which the first screen does not ask for

    yield from shared_lines(found.shared)
    yield from charge_lines(found.charges)


def cost_line(cost: Cost) -> str:
    """What cancelling would cost, before it is done."""
    return _("{days} days before the start: {percent} %, {fee} of {total}, are owed.").format(
        days=cost.days,
        percent=cost.percent,
        total=money(cost.total_fen),
        fee=money(cost.fee_fen),
    )


def reduction_lines(found: Reduction) -> Iterator[str]:
    """What withdrawing some heads would come to, before it is done."""
    yield _("{code}: {before} → {after} heads").format(
        code=found.code, before=found.before, after=found.after
    )
    yield _("{days} days before the start: {fee} is owed for them ({percent} %).").format(
        days=found.days, percent=found.percent, fee=money(found.fee_fen)
    )
    if found.owed_fen != found.fee_fen:
        yield _("With what was owed before: {fee}").format(fee=money(found.owed_fen))
    if found.is_below:
        yield _("! the class then has {heads} heads of at least {least}").format(
            heads=found.class_heads, least=found.least
        )
    if found.waits:
        yield _("{count} firms wait in line for the seats").format(count=found.waits)


def impact_lines(found: Postponement, names: Mapping[str, str]) -> Iterator[str]:
    """What a postponement means, firm by firm."""
    first, last = found.plan.days
    yield _("{first} to {last}, {count} sessions").format(
        first=day_word(first), last=day_word(last), count=len(found.plan.sessions)
    )
    for one in found.affected:
        head = f"{one.proposal}  {one.enterprise}  {heads_word(one.heads)}"
        if not one.is_displaced:
            yield f"✓ {head}"
            continue
        yield f"✕ {head}: " + "; ".join(
            violation_line(v, names, found.plan.sessions) for v in one.violations
        )
        yield "  → " + instead_line(one)


def instead_line(one: Affected) -> str:
    """What becomes of a firm that is let go."""
    if one.alternative is None:
        return _("nothing else fits: its need is open again")
    return _("held instead: {title}").format(title=one.alternative.bundle.course.title)


def undone_line(found: Undone) -> str:
    """What was taken back of a class, and what that means."""
    told = _("{code}: {act} taken back; it begins on {day}, {state}.").format(
        code=found.code,
        act=act_word(found.act),
        day=day_word(found.first_day),
        state=value_word(found.status),
    )
    if found.back:
        told += " " + _("Back in it: {codes}.").format(codes=", ".join(found.back))
    if found.withdrawn:
        told += " " + _("Given back: {codes}.").format(codes=", ".join(found.withdrawn))
    return told


_GROUP = {
    "waiting": mark(
        "Nobody gets in yet ({free} places free, {wanted} wanted): all {heads} wait together."
    ),
    "offered": mark("{wanted} places are kept for all {heads} together until {until}."),
}


def waiting_line(found: Waiting) -> str:
    """Where a firm stands in a line, how many of its people get in and how many wait."""
    told = _("{code}: {state}, place {place} for {resource}.").format(
        code=found.code,
        state=value_word(found.status),
        place=found.place or "–",
        resource=found.resource,
    )
    if found.status not in _GROUP:
        return told
    whole = _(_GROUP[found.status]).format(
        heads=found.group, wanted=found.heads, until=moment(found.until),
        free="–" if found.free is None else found.free,
    )  # fmt: skip
    return f"{told} {whole}"


def waiting_lines(found: Sequence[Waiting]) -> str:
    """Where a firm stands in lines that it joined or left together."""
    told = _("{count} waiting lines for workstations.").format(count=len(found))
    return " ".join((waiting_line(found[0]), told)) if found else told


def why_line(call: Call) -> str:
    """Why a call is to be made."""
    told = _(_WHY[call.why])
    return told + (" " + _("(tried {count} times)").format(count=call.tries) if call.tries else "")


def filing_title(kinds: str) -> str:
    """The kinds that are not filed, in words."""
    return _(", ").join(kind_word(kind) for kind in kinds.split())


def is_spoken(call: Call) -> bool:
    """Whether its sentences are to be said to somebody, or are for whoever reads them."""
    return call.why not in ("yours", "confirm", "draft", "decide", "visit_answer")


def sentences(call: Call, centre: str) -> tuple[str, str]:
    """Two sentences to say."""
    values = {
        "centre": centre,
        "firm": call.firm,
        "heads": call.heads,
        "title": filing_title(call.title) if call.why == "filing" else call.title,
        "day": call.first_day,
        "due": moment(call.due),
    }
    first, second = _SAY[call.why]
    return _(first).format(**values), _(second).format(**values)
