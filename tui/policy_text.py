"""Lines about rule sets, answers, claims, funds and instructor rules, for screens and commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from matching.faculty import Standing
from matching.fund import FundResult
from matching.subsidy.answers import Item
from matching.subsidy.checks import Finding
from matching.subsidy.conditions import Tested
from matching.subsidy.rules import Fund, Rule, RuleSet, Teaching
from matching.subsidy.settings import write_lists
from store.services.claims import ClaimView
from store.services.faculty import FacultyView, Share
from store.services.funds import FundView, ShortFirm
from store.services.instructor_register import Entry
from store.services.policies import Edition
from store.services.subsidies import Answered
from tui.deal_text import moment
from tui.i18n import _
from tui.policy_words import (
    amount_text,
    cap_text,
    condition_text,
    doubt_word,
    fact_value,
    fact_word,
    paper_word,
    standing_word,
    status_word,
    subject_word,
    subsidy_word,
    tested_text,
    used_text,
)
from tui.render import money
from tui.words import level_word, state_word

_BAR = 24


def span(first: date | None, last: date | None) -> str:
    """`2026-01-01 – 2026-12-31`, open where there is no last day."""
    return f"{first or ''} – {last or ''}".strip()


def edition_lines(view: Edition) -> Iterator[str]:
    """An edition and every rule of it."""
    one = view.rules
    yield f"{one.code}/{one.number}  {one.name}  {status_word(view.status)}  v{view.version}"
    yield f"{view.area_name}  {span(one.valid_from, one.valid_to)}  {one.source}"
    if one.budget is not None:
        yield _("Budget a year: {amount}").format(amount=money(one.budget))
    for label, told in (
        (_("Lists: {text}"), write_lists(one.lists)),
        (_("Training fund: {text}"), fund_text(one.fund) if one.fund else ""),
        (_("Instructors: {text}"), teaching_text(one.teaching) if one.teaching else ""),
    ):
        if told:
            yield label.format(text=told)
    for rule in one.rules:
        yield ""
        yield from rule_lines(one, rule)


def fund_text(rates: Fund) -> str:
    """What firms set aside, for whom, and what they may deduct."""
    told = [_("of payroll {floor}-{cap} %").format(floor=rates.floor, cap=rates.cap)]
    if rates.front == "front_line":
        told.append(_("of that for the front line {share} %").format(share=rates.share))
    else:
        told.append(_("of that for any of the staff {share} %").format(share=rates.share))
    told.append(_("deductible up to {deduct} %").format(deduct=rates.deduct))
    if rates.carry_years:
        told.append(_("the rest carried on for {years} years").format(years=rates.carry_years))
    else:
        told.append(_("the rest carried on"))
    return _(", ").join(told)


def teaching_text(asked: Teaching) -> str:
    """What an institution's instructors must keep to."""
    told = [
        _("part-timers at {most} institutions a year at most").format(most=asked.institutions),
        _("full-time {part}/{whole} or more").format(
            part=asked.full_time, whole=asked.full_time_of
        ),
    ]
    if asked.refresher_months:
        told.append(_("a refresher every {months} months").format(months=asked.refresher_months))
    if asked.shop_floor_days:
        told.append(_("{days} days a year on a shop floor").format(days=asked.shop_floor_days))
    if asked.certified:
        told.append(
            _("certified: {percent} percent of those who teach theory and practice").format(
                percent=asked.certified
            )
        )
    if asked.per_course:
        told.append(_("{count} instructors a course").format(count=asked.per_course))
    if asked.enrolled:
        told.append(
            _("people trained: {percent} percent of students").format(percent=asked.enrolled)
        )
    return _(", ").join(told)


def rule_lines(one: RuleSet, rule: Rule) -> Iterator[str]:
    """A rule in words, with the time it holds as a bar over the time of its set."""
    adds = " " + _("(on top)") if rule.adds else ""
    yield f"{rule.code}  {rule.clause}  {subsidy_word(rule.kind)}{adds} · {subject_word(rule.subject)}"
    first, last = one.days(rule)
    yield f"  {validity_bar(one, rule)} {span(first, last)}"
    yield "  " + _("When: {condition}").format(condition=condition_text(rule.when))
    yield "  " + _("Amount: {amount}").format(amount=amount_text(rule.amount, rule.uplift))
    if rule.caps:
        yield "  " + _("Caps: {caps}").format(caps=_(", ").join(map(cap_text, rule.caps)))
    if rule.papers:
        yield "  " + _("Papers: {papers}").format(papers=_(", ").join(map(paper_word, rule.papers)))
    if rule.claim_months:
        yield "  " + _("To be claimed within {count} months of the certificate").format(
            count=rule.claim_months
        )


def validity_bar(one: RuleSet, rule: Rule) -> str:
    """When a rule holds, within the days of its set; two years where that has no end."""
    begin = one.valid_from.toordinal()
    end = one.valid_to.toordinal() if one.valid_to else begin + 730
    first, last = one.days(rule)
    cells = []
    for cell in range(_BAR):
        day = date.fromordinal(begin + (end - begin) * cell // (_BAR - 1))
        cells.append("▇" if first <= day and (last is None or day <= last) else "▁")
    return "".join(cells)


def finding_line(found: Finding) -> str:
    """One thing that is wrong, with what shows it."""
    sign = "✕" if found.stops else "!"
    rules, kind = ", ".join(found.rules), subsidy_word(found.kind) if found.kind else ""
    if found.code == "contradiction":
        facts = _(", ").join(f"{fact_word(n)} {fact_value(n, v)}" for n, v in found.facts.items())
        told = _("{rules} contradict each other: {a} or {b} on {day}, with {facts}").format(
            rules=rules,
            a=money(found.fen[0]),
            b=money(found.fen[1]),
            day=found.first,
            facts=facts or _("any facts"),
        )
    elif found.code == "gap_days":
        told = _("no rule for the {kind} from {first} to {last}").format(
            kind=kind, first=found.first, last=found.last
        )
    elif found.code == "gap_level":
        levels = _(", ").join(level_word(rank) for rank in found.levels)
        told = _("no rule for the {kind} at {levels} from {first} to {last}").format(
            kind=kind, levels=levels, first=found.first, last=found.last
        )
    elif found.code == "expiring":
        told = _("{rules} ends on {day}").format(rules=rules or _("the rule set"), day=found.last)
    elif found.code == "unreachable":
        told = _("{rules} never holds: nothing fits its condition and days").format(rules=rules)
    elif found.code == "unknown_list":
        told = _("{rules} names the list “{name}”, which the set has not").format(
            rules=rules, name=found.name
        )
    else:
        told = _("{rules} asks for “{name}”, a fact that nobody knows").format(
            rules=rules, name=found.name
        )
    return f"{sign} {told}"


def answered_lines(found: Answered) -> Iterator[str]:
    """What the rules give, and why."""
    yield _("{record} {name}, as of {day}").format(
        record=found.record, name=found.name, day=found.day
    )
    facts = _(", ").join(f"{fact_word(n)} {fact_value(n, v)}" for n, v in found.facts.items())
    yield _("Known: {facts}").format(facts=facts or "–")
    if not found.items:
        yield _("No rule set holds there on that day.")
    for item in found.items:
        yield ""
        yield from item_lines(item)


def item_lines(item: Item) -> Iterator[str]:
    """One rule's answer: standing, amount, clause, source, the tests that decided, caps, what is missing."""
    sign = {"allowed": "✓", "refused": "✕", "unknown": "?"}[item.standing]
    amount = "" if item.fen is None else f" {money(item.fen)}"
    yield f"{sign} {subsidy_word(item.kind)}{amount}  {standing_word(item.standing)}  {item.clause}"
    yield f"    {item.source} ({item.set}/{item.number} {item.rule})"
    for tested in item.because:
        yield f"    {_tested(tested)}"
    if item.no_amount:
        yield "    " + _("the clause names no amount for this")
    for cap in item.caps:
        yield f"    {'✕' if cap.is_full else '·'} {used_text(cap.cap, cap.used, cap.most)}"
    if item.missing:
        names = _(", ").join(map(fact_word, item.missing))
        yield "    " + _("Missing: {facts}").format(facts=names)
    if item.is_open:
        yield "    " + _("what each person or the firm has had before was not counted")


def _tested(tested: Tested) -> str:
    told = tested_text(tested.test)
    if tested.fact is None:
        return _("? {test}, not known").format(test=told)
    sign = "✓" if tested.holds else "✕"
    fact = fact_value(tested.test.field, tested.fact)
    return _("{sign} {test}, here {fact}").format(sign=sign, test=told, fact=fact)


def claim_line(view: ClaimView) -> str:
    """A claim in one line."""
    trade = f"{view.occupation_name} {level_word(view.level) if view.level else ''}".strip()
    return (
        f"{view.code}  {status_word(view.status)}  {view.person}  {subsidy_word(view.kind)} "
        f"{money(view.amount_fen)}  {trade}  {view.enterprise_name}"
    )


def claim_lines(view: ClaimView) -> Iterator[str]:
    """All about a claim."""
    yield claim_line(view)
    yield f"{view.policy_name} {view.clause} ({view.source}, {view.policy}/{view.number} {view.rule})"
    yield _("Institution: {name}").format(name=view.institution_name)
    yield _("Class of {day}, certificate of {other}").format(
        day=view.day, other=view.certificate_day or "–"
    )
    yield _("To be handed in by {day}").format(day=view.submit_by or "–")
    if view.due is not None:
        yield _("To be decided by {when}").format(when=moment(view.due))
    yield _("Papers there: {papers}").format(
        papers=_(", ").join(map(paper_word, view.papers)) or "–"
    )
    missing = _(", ").join(map(paper_word, view.missing))
    yield (
        _("Papers missing: {papers}").format(papers=missing)
        if missing
        else _("No paper is missing.")
    )
    yield from map(doubt_word, view.doubts)
    if view.reason:
        yield _("Reason: {reason}").format(reason=view.reason)


def fund_lines(view: FundView) -> Iterator[str]:
    """A firm's training fund, year by year."""
    yield f"{view.enterprise} {view.name}"
    for result, source in zip(view.results, view.sources, strict=True):
        yield ""
        yield from _fund_year(result, source)
    for year in view.without_rates:
        yield ""
        yield _("{year}: no rule set with rates holds there").format(year=year)
    if not view.years:
        yield _(
            "Nothing was said of any year: `duijie fund FIRM --year 2025 --set payroll=…` does."
        )


def short_lines(found: Sequence[ShortFirm], year: int) -> Iterator[str]:
    """Firms for pooled training: what each was to set aside, what it spent, what is lacking."""
    yield _("{year}: {count} firms spent less than is to be set aside").format(
        year=year, count=len(found)
    )
    words = {True: "", None: "", False: _("cannot train its own staff")}
    for one in found:
        told = _("{firm}  {name}  to be set aside {least}, spent {spent}, lacking {lacking}  {own}")
        yield told.format(
            firm=one.enterprise,
            name=one.name,
            least=money(one.least),
            spent=money(one.spent),
            lacking=money(one.lacking),
            own=words[one.trains_itself],
        ).rstrip()


def _fund_year(one: FundResult, source: str) -> Iterator[str]:
    yield f"{one.year}  {source}"
    yield "  " + _("to be set aside: {least} to {most}; spent: {spent}").format(
        least=_known(one.least), most=_known(one.most), spent=_known(one.spent)
    )
    if one.is_short:
        yield "  " + _("✕ less was spent than is to be set aside: pooled training may be ordered")
    share = "?" if one.front_percent is None else f"{one.front_percent:f}"
    sign = {True: "✓", False: "✕", None: "?"}[one.is_front_met]
    yield "  " + _("{sign} front line: {share} % (at least {wanted} %)").format(
        sign=sign, share=share, wanted=f"{one.front_wanted:f}"
    )
    told = _("deductible: {deducted} (brought {brought}, carried on {carried})")
    yield "  " + told.format(
        deducted=_known(one.deducted), brought=_known(one.brought), carried=_known(one.carried)
    )
    if one.lapsed:
        yield "  " + _("lapsed: {amount}").format(amount=money(one.lapsed))


def _known(fen: int | None) -> str:
    return _("unknown") if fen is None else money(fen)


def faculty_lines(view: FacultyView) -> Iterator[str]:
    """An institution's instructors against the rules."""
    one = view.faculty
    own, of = one.wanted
    source = view.source or _("the usual numbers")
    yield f"{view.institution} {view.name}  {source}"
    sign = "✓" if one.is_met else "✕"
    yield _("{sign} full-time: {count} of {total}, at least {own}/{of}").format(
        sign=sign, count=one.full_time, total=one.total, own=own, of=of
    )
    if one.is_met and one.total:
        yield "  " + _("broken by {count} full-timers leaving, any of: {names}").format(
            count=one.breaks_at_leaves, names=" ".join(one.full_timers)
        )
        yield "  " + _("broken by {count} others joining").format(count=one.breaks_at_hires)
    yield from _staff_lines(view)
    for member in one.members:
        yield f"{member.code}  {member.name}  " + _(", ").join(_member_parts(member))


def register_lines(found: Sequence[Entry]) -> Iterator[str]:
    """Entries of the register of instructors, and how many of each state."""
    yield from map(register_line, found)
    counts = Counter(one.state for one in found)
    states = (f"{state_word('instructor_register', s)} {n}" for s, n in counts.items())
    yield " · ".join(states) or _("Nobody.")


def register_line(one: Entry) -> str:
    """Who, which number, what the register says since when and why, and what is booked still."""
    days = " – ".join(str(day) for day in (one.registered_on, one.ended) if day)
    parts = [
        one.code, one.name, one.institution_name, one.number or "–",
        state_word("instructor_register", one.state), days, one.reason or "",
    ]  # fmt: skip
    if one.state in ("lapsed", "struck_off") and one.booked:
        parts.append(_("{count} sessions are booked still").format(count=one.booked))
    return "  ".join(filter(None, parts))


def _staff_lines(view: FacultyView) -> Iterator[str]:
    """Shares, the cap and courses with too few who may teach them."""
    told = _(
        "{sign} certified of those who teach theory and practice: {count} of {whole} ({percent} %)"
    )
    yield _share_line(told, view.certified)
    if view.cap is not None:
        yield _("{sign} full-timers: {count}, at most {most}").format(
            sign="✓" if view.faculty.full_time <= view.cap else "✕",
            count=view.faculty.full_time,
            most=view.cap,
        )
    if view.trained.whole:
        told = _("{sign} trained this year: {count} for {whole} students ({percent} %)")
        yield _share_line(told, view.trained)
    wanted = view.per_course
    few = [one for one in view.courses if one.instructors < (wanted or 1)]
    yield _(
        "{sign} courses with fewer than {wanted} who may teach them: {count} of {whole}"
    ).format(sign="✕" if few else "✓", wanted=wanted or 1, count=len(few), whole=len(view.courses))
    for one in few:
        yield f"  {one.course}  {one.title}  {one.instructors}"


def _share_line(told: str, share: Share) -> str:
    sign = {True: "✓", False: "✕", None: "·"}[share.is_met]
    percent = "–" if share.percent is None else str(share.percent)
    line = told.format(sign=sign, count=share.count, whole=share.whole, percent=percent)
    if share.wanted is None:
        return line
    return line + _(", at least {wanted} %").format(wanted=share.wanted)


def _member_parts(member: Standing) -> Iterator[str]:
    if member.used is not None:
        told = _("{used} of {most} institutions in 365 days")
        yield told.format(used=member.used, most=member.most)
    if member.refresher_due is not None:
        word = (
            _("refresher was due {day}") if member.is_refresher_over else _("refresher due {day}")
        )
        yield word.format(day=member.refresher_due)
    else:
        yield _("no refresher known")
    if member.shop_floor_left:
        yield _("{count} shop-floor days to go").format(count=member.shop_floor_left)
