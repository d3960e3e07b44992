"""`fund`, `instructor-rules` and `instructor-log`."""

from __future__ import annotations

from argparse import Namespace

from store.errors import UsageError
from store.schemas.policy import DutyDraft, FundDraft
from store.services import faculty, funds
from tui import policy_text
from tui.cli.guidance_rules import pairs, write_with
from tui.cli.people import checked, tell
from tui.cli.session import begin
from tui.i18n import _
from tui.settings import Settings


def fund(options: Namespace, settings: Settings) -> int:
    """A firm's training fund, or the firms below the floor; FIELD=VALUE is kept of the year first."""
    session = begin(options, settings)
    if options.firm == "short":
        year = options.year or session.today.year - 1
        found = session.store.read(funds.short, by=session.by, year=year)
        return tell(options, found, list(policy_text.short_lines(found, year)))
    firm = options.firm.upper()
    if options.fields:
        if options.year is None:
            raise UsageError("fund_which_year")
        draft = checked(FundDraft, pairs(options.fields, FundDraft))
        made = write_with(options, session)(funds.record, firm, options.year, draft, by=session.by)
    else:
        made = session.store.read(funds.look, firm, by=session.by, until=options.year)
    return tell(options, made, list(policy_text.fund_lines(made)))


def instructor_rules(options: Namespace, settings: Settings) -> int:
    """Headroom, full-time share and what is due at an institution."""
    session = begin(options, settings)
    made = session.store.read(
        faculty.look, options.institution.upper(), by=session.by, today=session.today
    )
    return tell(options, made, list(policy_text.faculty_lines(made)))


def instructor_log(options: Namespace, settings: Settings) -> int:
    """Keep a refresher, or days on a shop floor."""
    session = begin(options, settings)
    cells = {"kind": options.kind, "day": options.day, "days": str(options.days)}
    made = write_with(options, session)(
        faculty.log,
        options.instructor.upper(),
        checked(DutyDraft, cells),
        by=session.by,
        today=session.today,
    )
    told = _("{name}: last refresher {day}, {count} shop-floor days this year").format(
        name=made.name, day=made.refreshed or "–", count=made.shop_floor_days
    )
    return tell(options, made, [told])
