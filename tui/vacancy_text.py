"""Vacancies, referrals and endorsements in words and as a sheet, and lines that enter them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from store.errors import UsageError
from store.schemas.vacancy import AnswerDraft, Referral, Vacancy, VacancyDraft
from store.services.endorsements import Endorsement
from tui.i18n import _, mark
from tui.sheets import Column, Line, Sheet
from tui.typed import typed_day
from tui.words import level_short, level_word, state_word

_FIELDS = ("enterprise", "title", "heads", "until", "occupation", "level")
_LEAST = 4
_RESULTS = ("hired", "declined", "refused")
_SHORT = {"hired": mark("took on"), "declined": mark("turned down"), "refused": mark("not taken")}


def sheet(found: Sequence[Vacancy]) -> Sheet:
    """Vacancies, those first whose last day comes first."""
    columns = (
        Column("code", _("Code"), 8),
        Column("until", _("Until"), 10),
        Column("filled", _("Filled"), 6),
        Column("enterprise", _("Enterprise"), 16),
        Column("title", _("Post"), 20),
        Column("occupation", _("Occupation"), 16),
        Column("needs", _("Needs"), 8),
    )
    lines_ = tuple(
        Line(
            one.code,
            (one.code, one.until.isoformat(), f"{one.filled}/{one.heads}", one.enterprise_name,
             one.title, trade(one), " ".join(one.needs) or "–"),
            {"needs": tuple(("need", need) for need in one.needs)},
        )
        for one in found
    )  # fmt: skip
    told = _("{count} vacancies, {heads} heads looked for, {filled} found").format(
        count=len(found),
        heads=sum(one.heads for one in found),
        filled=sum(one.filled for one in found),
    )
    return Sheet("vacancies", _("Vacancies"), columns, lines_, told)


def typed_line(one: Vacancy) -> str:
    """A vacancy as it is typed in."""
    trade = (one.occupation or "", level_short(one.level))
    cells = (one.enterprise, one.title, one.heads, one.until, *trade)
    return "; ".join(map(str, cells)).rstrip("; ")


def withdrawal_lines(one: Vacancy) -> Iterator[str]:
    """What withdrawing meets, then the question."""
    waiting = [referral for referral in one.referrals if referral.result == "open"]
    if waiting:
        yield _("Referred, and no answer yet:")
        yield from ("  " + referral_line(referral, of_vacancy=True) for referral in waiting)
    if one.needs:
        yield _("Needs that train for it: {codes}").format(codes=", ".join(one.needs))
    yield _("Why is {code} withdrawn?").format(code=one.code)


def trade(one: Vacancy) -> str:
    """The occupation with its level, as far as they are known."""
    name = one.occupation_name or one.occupation or ""
    return f"{name}{level_short(one.level)}" or "–"


def lines(one: Vacancy) -> Iterator[str]:
    """Everything about one."""
    yield f"{one.code}  {one.title}  {state_word('vacancy', one.status)}"
    yield f"{one.enterprise} {one.enterprise_name}"
    known = f"{one.occupation} {one.occupation_name} {level_word(one.level)}".rstrip()
    yield _("Occupation: {name}").format(name=known if one.occupation else "–")
    yield _("{filled} of {heads} filled, until {day}").format(
        filled=one.filled, heads=one.heads, day=one.until
    )
    yield _("Needs that train for it: {codes}").format(codes=", ".join(one.needs) or "–")
    yield _("Classes: {codes}").format(codes=", ".join(one.classes) or "–")
    if one.note:
        yield one.note
    for referral in one.referrals:
        yield "  " + referral_line(referral, of_vacancy=True)


def referral_line(one: Referral, *, of_vacancy: bool = False) -> str:
    """Who was referred when, or to which post, and what came of it."""
    who = (one.trainee, one.name) if of_vacancy else (one.vacancy, one.title, one.enterprise_name)
    result = state_word("referral", one.result)
    parts = (*who, str(one.day), result, str(one.result_day or ""), one.note or "")
    return "  ".join(part for part in parts if part)


def endorsement_line(one: Endorsement) -> str:
    """Who stands behind a need."""
    return "  ".join(filter(None, (one.association, one.name, str(one.day), one.note)))


def read_vacancy(words: str, today: date, note: str | None = None) -> VacancyDraft:
    """`FIRM; TITLE; HEADS; LAST DAY[; OCCUPATION[; LEVEL]]` as a draft, with a note that is not typed."""
    from tui.cli.people import checked

    parts = [part.strip() for part in words.replace("；", ";").split(";")]
    if not _LEAST <= len(parts) <= len(_FIELDS):
        raise UsageError("vacancy_words", text=words[:80])
    fields: dict[str, object] = {
        name: part for name, part in zip(_FIELDS, parts, strict=False) if part
    }
    fields["enterprise"], fields["note"] = parts[0].upper(), note
    if len(parts) > _LEAST and parts[_LEAST]:
        fields["occupation"] = parts[_LEAST].upper()
    fields["until"] = typed_day(parts[3], today).isoformat()
    draft: VacancyDraft = checked(VacancyDraft, fields)
    return draft


def read_answer(words: str, today: date) -> tuple[str, AnswerDraft]:
    """`TRAINEE RESULT[ what was said]` as who it is about and what came of it, today."""
    who, _space, rest = words.strip().partition(" ")
    result, _space, note = rest.strip().partition(" ")
    said = next((one for one in _RESULTS if result in (one, _(_SHORT[one]))), None)
    if said is None:
        raise UsageError("answer_of_referral", text=words[:80])
    draft = AnswerDraft.model_validate({"result": said, "day": today, "note": note.strip() or None})
    return who.upper(), draft
