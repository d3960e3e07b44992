"""Lines about the terms of use, for the desk, the line mode and commands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from store.services.reference import CHINA
from store.services.usage_terms import Standing, UsageTerms
from tui.i18n import _, language


def terms_lines(one: UsageTerms) -> Iterator[str]:
    """A version in the session's language, and whether the reader accepted it."""
    yield _("Terms of use, version {version}, in force from {day}").format(
        version=one.version, day=one.day
    )
    yield ""
    yield from (one.text_zh if language() == "zh" else one.text_en).splitlines()
    if one.accepted_at is not None:
        yield ""
        yield _("You accepted them on {at}.").format(at=_moment(one.accepted_at))


def standing_lines(found: tuple[Standing, ...]) -> Iterator[str]:
    """Everybody and when they accepted, and how many have not."""
    for one in found:
        at = _moment(one.accepted_at) if one.accepted_at else _("not accepted")
        yield f"{one.login}  {one.name}@{one.organisation}  {at}"
    missing = sum(one.accepted_at is None for one in found)
    yield _("{count} of {all} have not accepted them.").format(count=missing, all=len(found))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
