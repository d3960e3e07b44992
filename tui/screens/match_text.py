"""What the match screen says, as texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.text import Text

from matching.types import Bundle, Ranking, Rule, Session, Severity
from matching.weekly import Calendar
from store.schemas.fields import write_clock
from store.schemas.records import NeedView
from store.services.class_lines import FullClass
from store.services.decisions import Replay
from store.services.run_lines import FullRun
from store.services.slot_lines import FullSlot
from store.services.subsidies import Net
from store.services.waiting import Waiting
from tui import month_grid, render
from tui.i18n import _
from tui.policy_words import net_line
from tui.safe import pad, plain
from tui.words import (
    CRITERIA,
    GRADES,
    RULES,
    day_word,
    field_word,
    level_word,
    urgent_told,
    value_word,
    weekly_word,
)


def told(ranking: Ranking, seconds: float) -> str:
    """Grade, nearness of the first two, how many were ruled out, and the time it took."""
    told = _("Grade: {grade}").format(grade=_(GRADES[ranking.grade]))
    if ranking.is_close:
        told += _(", the first two are close: choose with the firm")
    if ranking.rejections:
        told += _(" · ruled out {count} (x)").format(count=len(ranking.rejections))
    return told + _(" · {ms:.0f} ms").format(ms=1000 * seconds)


def need_text(need: NeedView) -> Text:
    """The need as the ranking took it."""
    text = plain(f"{need.code} {need.enterprise_name}\n", "bold")
    text.append_text(plain(f"{need.text}\n"))
    known = (
        ("heads", str(need.heads)),
        ("level", level_word(need.level)),
        ("earliest", f"{need.earliest}" + (f" – {need.latest}" if need.latest else "")),
        ("weekly", weekly_word(need.weekly)),
        ("max_travel_km", f"{need.max_travel_km:g}" if need.max_travel_km else ""),
        ("budget", f"¥{need.budget:g}" if need.budget is not None else ""),
        ("mode", value_word(need.mode) if need.mode else ""),
        ("certificate", _("wanted") if need.certificate else ""),
        ("only_modules", _(", ").join(need.only_modules)),
    )
    told = " · ".join(f"{field_word(name)} {value}" for name, value in known if value)
    text.append_text(plain(told, "dim"))
    if need.shortage:
        text.append_text(plain("\n" + urgent_told(need.shortage), "bold"))
    return text


def why_text(bundle: Bundle, net: Net, width: int) -> Text:
    """A bundle with its price after subsidies and the points of each reason, in so many cells."""
    text = plain(bundle.course.title + "\n", "bold")
    for line in (
        bundle.institution.name,
        f"{render.people(bundle)} · {render.place(bundle)}",
        render.dates(bundle),
        render.self_study(bundle.course),
        net_line(net),
    ):
        if not line:
            continue
        text.append_text(plain(line + "\n"))
    if bundle.assessment is not None:
        text.append_text(
            plain(_("Assessment {day}").format(day=day_word(bundle.assessment.day)) + "\n")
        )
    text.append("\n")
    for reason in bundle.explanation.reasons:
        style = "" if reason.known else "dim"
        share = render.bar(reason.score, 8)
        head = f"{pad(_(CRITERIA[reason.criterion]), 10)} {share} {render.points(reason):>5} "
        told = render.evidence(reason)
        if cell_len(head) + cell_len(told) > width:
            told = "\n  " + told
        text.append_text(plain(head, style))
        text.append_text(plain(told + "\n", "dim"))
    for warning in render.warning_lines(bundle):
        text.append_text(plain(f"! {warning}\n", "bold"))
    return text


def receipt_text(found: Replay) -> Text:
    """A receipt and what its replay shows."""
    made = found.decision
    text = plain(f"{made.code} {made.day:%m-%d} {made.login} {made.policy}\n", "bold")
    for at, seen in enumerate(made.seen, 1):
        sign = "✓" if seen.course == made.course else " "
        text.append_text(plain(f"{sign}{at} {100 * seen.score:3.0f} {seen.title}\n"))
    if made.reason:
        text.append_text(plain(_("Reason: {reason}").format(reason=made.reason) + "\n"))
    told = (
        _("Replayed: the same ranking, point by point.")
        if found.is_same
        else _("Replayed: different now, {count} inputs changed.").format(count=len(found.changes))
    )
    text.append_text(plain(told + "\n\n", "dim"))
    return text


def sessions_text(bundle: Bundle, calendar: Calendar, width: int) -> Text:
    """The dates of a bundle month by month: a grid, and beside it or below it the sessions."""
    text = plain("")
    marked = {session.day for session in bundle.sessions}
    for year, month in month_grid.months(marked):
        grid = month_grid.grid_lines(year, month, marked, calendar)
        told = [
            _session_line(session)
            for session in bundle.sessions
            if (session.day.year, session.day.month) == (year, month)
        ]
        widest = max((cell_len(line) for line in told), default=0)
        if month_grid.WIDTH + 2 + widest <= width:
            both = zip_longest(grid, told, fillvalue="")
            lines = [f"{pad(left, month_grid.WIDTH)}  {right}".rstrip() for left, right in both]
        else:
            lines = [*grid, *told]
        text.append_text(plain("\n".join(lines) + "\n\n"))
    if marked:
        text.append_text(plain(month_grid.legend(), "dim"))
    return text


def _session_line(session: Session) -> str:
    what = _("practice") if session.practice else _("theory")
    heads = f" ×{session.heads}" if session.heads else ""
    return f"{day_word(session.day)} {render.session_span(session)} {what}{heads}"


def ruled_out_text(ranking: Ranking, names: Mapping[str, str]) -> Text:
    """What kept courses out, by rule and by course."""
    counts: dict[Rule, int] = {}
    for rejection in ranking.rejections:
        for rule in {v.rule for v in rejection.violations if v.severity is Severity.BLOCK}:
            counts[rule] = counts.get(rule, 0) + 1
    text = plain("")
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        text.append_text(plain(f"✕ {_(RULES[rule])} {count}\n", "bold"))
    for rejection in ranking.rejections:
        text.append_text(plain(f"\n{rejection.course.title} {rejection.course.id}\n"))
        for violation in rejection.violations[:4]:
            sign = "✕" if violation.severity is Severity.BLOCK else "!"
            told = render.violation_line(violation, names)
            text.append_text(plain(f"  {sign} {told}\n", "dim"))
    if not ranking.rejections and not ranking.bundles:
        text.append_text(plain(_("No course on offer is about this trade.")))
    return text


def lines_to_join_or_leave(
    need: str,
    lines: Sequence[Waiting],
    runs: Sequence[FullRun],
    slots: Sequence[FullSlot],
    groups: Sequence[FullClass],
) -> list[tuple[str, str]]:
    """Lines that a need stands in, to leave; then runs, classes and slots too full for it, to wait for.

    Lines for workstations are left together: under the code of the need.
    """
    own = [line for line in lines if line.need == need]
    parts = [
        (
            line.code,
            _("leave: {resource}, place {place}").format(resource=line.resource, place=line.place),
        )
        for line in own
        if line.kind != "slot"
    ]
    stations = [line for line in own if line.kind == "slot"]
    if stations:
        told = _("leave: {count} lines for workstations, the first place {place}")
        parts.append((need, told.format(count=len(stations), place=stations[0].place)))
    waited = {line.resource for line in own}
    parts += [(run.code, _run_line(run)) for run in runs if run.code not in waited]
    if not stations:
        parts += [(group.code, _class_line(group)) for group in groups]
    return parts + [(slot.code, _slot_line(slot)) for slot in slots if slot.code not in waited]


def _run_line(run: FullRun) -> str:
    """A run with too few seats: when, how many are free of those wanted, who waits, what and where."""
    told = _("{day} {free}/{wanted} seats, {waiting} wait · {title} · {place}")
    return told.format(
        day=day_word(run.first_day), free=run.free, wanted=run.wanted, waiting=run.waiting,
        title=run.title, place=run.institution,
    )  # fmt: skip


def _class_line(group: FullClass) -> str:
    """A class whose workstations one could wait for."""
    told = _("class {day} stations of {count} sessions, {waiting} wait · {title} · {place}")
    return told.format(
        day=day_word(group.first_day), count=group.slots, waiting=group.waiting, title=group.title,
        place=group.institution,
    )  # fmt: skip


def _slot_line(slot: FullSlot) -> str:
    """A slot with too few workstations: when, how many are free of those wanted, who waits, where."""
    told = _("{day} {hours} {free}/{wanted} stations, {waiting} wait · {title} · {place}")
    return told.format(
        day=day_word(slot.day), hours=f"{write_clock(slot.start)}-{write_clock(slot.end)}",
        free=slot.free, wanted=slot.wanted, waiting=slot.waiting, title=slot.title,
        place=slot.venue,
    )  # fmt: skip
