"""`duijie instructor-register`: who is on the register of instructors, entered and struck off."""

from __future__ import annotations

from argparse import Namespace

from store.services import instructor_register
from tui.cli.guidance_rules import write_with
from tui.cli.people import tell
from tui.cli.session import begin
from tui.policy_text import register_line, register_lines
from tui.settings import Settings


def show(options: Namespace, settings: Settings) -> int:
    """Instructors with the number and the state of their entries."""
    session = begin(options, settings)
    found = session.store.read(
        instructor_register.listed,
        by=session.by,
        today=session.today,
        institution=options.institution and options.institution.upper(),
        state=options.state,
        limit=options.top,
    )
    return tell(options, found, list(register_lines(found)))


def file(options: Namespace, settings: Settings) -> int:
    """Put an instructor on the register."""
    session = begin(options, settings)
    made = write_with(options, session)(
        instructor_register.enter,
        options.code.upper(),
        by=session.by,
        today=session.today,
        number=options.number,
    )
    return tell(options, made, [register_line(made)])


def lapse(options: Namespace, settings: Settings) -> int:
    """Note that an entry holds no more."""
    session = begin(options, settings)
    made = write_with(options, session)(
        instructor_register.lapse,
        options.code.upper(),
        reason=options.reason,
        by=session.by,
        today=session.today,
    )
    return tell(options, made, [register_line(made)])


def strike_off(options: Namespace, settings: Settings) -> int:
    """Strike an instructor off."""
    session = begin(options, settings)
    made = write_with(options, session)(
        instructor_register.strike_off,
        options.code.upper(),
        reason=options.reason,
        by=session.by,
        today=session.today,
    )
    return tell(options, made, [register_line(made)])
