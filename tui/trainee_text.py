"""Lines about trainees, rosters, attendance and results, for screens, sheets and commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from store.schemas.trainee import TraineeView
from store.services.admission import Caution
from store.services.attendance import UNTIMED, Grid, Lesson, Line, Standing
from store.services.credit_rules import CreditRules
from store.services.credits import Account, Entry, Reached
from store.services.device_times import Imported
from store.services.identity_numbers import Revealed
from store.services.outcomes import Due
from store.services.results import Result
from store.services.roster import Seat
from store.services.trainee_files import Skilled, TraineeFile, Training
from tui.i18n import _
from tui.trainee_words import CAUTIONS, MARKS, MISSING
from tui.vacancy_text import referral_line
from tui.words import day_word, level_word, value_word


def trainee_lines(view: TraineeView, clear: Revealed | None = None) -> Iterator[str]:
    """All that is shown of a person; what was opened in clear in place of what is masked."""
    name, phone, identity = view.name, view.phone, view.identity
    if clear is not None:
        name, phone, identity = clear.name, clear.phone, clear.identity
    yield f"{view.code}  {name}  {value_word(view.status)}  v{view.version}"
    firm = view.employer_name or "–"
    yield f"{value_word(view.category)} · {firm}"
    yield _("Telephone: {phone}   Centre's number: {number}").format(
        phone=phone or "–", number=view.number or "–"
    )
    if identity:
        yield _("Identity number: {number}").format(number=identity)
    if view.evidence:
        yield _("Evidence: {text}").format(text=view.evidence)
    if view.experience:
        yield _("Experience: {text}").format(text=view.experience)
    if view.merged_into:
        yield _("Merged into {code}.").format(code=view.merged_into)


def workforce_lines(found: Sequence[Skilled]) -> Iterator[str]:
    """How many people hold which certificates: the sum, then a line a trade and level."""
    whole, *lines = found
    yield _(
        "All together: {people} people, {certificates} certificates, {ending} end within 90 days."
    ).format(people=whole.people, certificates=whole.certificates, ending=whole.ending)
    for one in lines:
        told = _("{people} people, {certificates} certificates")
        if one.ending:
            told = _("{people} people, {certificates} certificates, {ending} end soon")
        counts = told.format(people=one.people, certificates=one.certificates, ending=one.ending)
        yield f"{one.occupation}  {one.occupation_name}  {level_word(one.level)}  {counts}"


def file_lines(found: TraineeFile, clear: Revealed | None = None) -> Iterator[str]:
    """One file for one person, part by part; the person in clear where that was opened."""
    yield from trainee_lines(found.trainee, clear)
    if len(found.codes) > 1:
        yield _("With the history of {codes}.").format(codes=", ".join(found.codes[1:]))
    for code in found.alike:
        yield "! " + caution_line(Caution("alike", code))
    if found.missing:
        words = ", ".join(_(MISSING[code]) for code in found.missing)
        yield "! " + _("Missing in the file: {words}").format(words=words)
    yield ""
    yield _("Classes")
    for training in found.trainings:
        yield from _training_lines(training)
    if not found.trainings:
        yield "  –"
    yield from _result_lines(found)
    if found.referrals:
        yield _("Referred to vacancies")
    for one in found.referrals:
        yield "  " + referral_line(one)
    yield from credit_lines(found.account)


def _result_lines(found: TraineeFile) -> Iterator[str]:
    yield _("Results and certificates")
    outcomes = {one.result: one for one in found.outcomes}
    for result in found.results:
        yield "  " + result_line(result)
        if result.id in outcomes:
            said = outcomes[result.id]
            told = _("after it: {kind} ({day}) {note}")
            kind = value_word(said.kind)
            note = " ".join(filter(None, (said.vacancy, said.note)))
            yield "    " + told.format(kind=kind, day=said.day, note=note).rstrip()
    if not found.results:
        yield "  –"


def _training_lines(one: Training) -> Iterator[str]:
    state = value_word(one.status)
    yield f"  {one.training_class}  {one.first_day} … {one.last_day}  {state}  {one.title}"
    yield f"    {one.institution_name} · {standing_line(one.standing)}"
    if one.reason:
        yield "    " + _("Why: {reason}").format(reason=one.reason)


def standing_line(stands: Standing) -> str:
    """How far somebody has come with their hours."""
    told = _("{attended} of {total} class hours, {needed} needed").format(
        attended=stands.attended, total=stands.total, needed=stands.needed
    )
    return " · ".join(filter(None, (told, short_word(stands))))


def short_word(stands: Standing) -> str:
    """Whether the hours are short for good, or some were missed and can be made up; else nothing."""
    if stands.is_lost and stands.is_over and stands.ahead:
        return _("short; the class is over, {hours} class hours not marked").format(
            hours=stands.ahead
        )
    if stands.is_lost:
        return _("short, cannot be made up")
    if stands.short and stands.attended + stands.ahead < stands.total:
        return _("{hours} to go").format(hours=stands.short)
    return ""


def passed_short(one: Result) -> str:
    """That somebody passed without the hours."""
    return _(
        "{trainee} has passed, but is {hours} class hours short: the course is not done, and does not count "
        "until they are made up or marked."
    ).format(trainee=one.trainee, hours=one.short)


def result_line(one: Result) -> str:
    """An attempt as one line."""
    parts = [
        f"{one.day}",
        value_word(one.outcome),
        _("attempt {n}").format(n=one.attempt),
        f"{one.occupation_name or one.occupation} {level_word(one.level)}".strip(),
    ]
    if one.certificate:
        parts.append(_("certificate {number}").format(number=one.certificate))
    if one.valid_to:
        parts.append(_("valid to {day}").format(day=one.valid_to))
    if one.voided:
        parts.append(_("does not count: {reason}").format(reason=one.voided))
    return "  ".join(parts)


def credit_lines(found: Account) -> Iterator[str]:
    """The balance, what it reached, and every entry."""
    yield balance_line(found)
    for one in found.entries:
        until = _("until {day}").format(day=one.expires) if one.expires else ""
        of = _("takes back {id}").format(id=one.reverses) if one.reverses else ""
        parts = (
            f"{one.id:>4}",
            f"{one.points:+d}",
            f"{one.day}",
            entry_source(one),
            until,
            of,
            one.reason or "",
        )
        yield "  " + "  ".join(part for part in parts if part)


def balance_line(found: Account) -> str:
    """What counts on a day, and the highest threshold that it reaches."""
    reached = value_word(found.reached) if found.reached else "–"
    told = _("Credits on {day}: {points}   reached: {reached}")
    return told.format(day=found.day, points=found.balance, reached=reached)


def entry_source(one: Entry) -> str:
    """What an entry of the ledger is for: a class or a certificate by its code, or points recognised."""
    source, _sign, detail = one.source.partition(":")
    return " ".join(filter(None, (source_word(source), detail)))


def entry_note(one: Entry, taken_back_by: int | None) -> str:
    """Why there is an entry, and which other one takes it back or is taken back by it."""
    parts = (
        _("takes back {id}").format(id=one.reverses) if one.reverses else "",
        _("taken back by {id}").format(id=taken_back_by) if taken_back_by else "",
        one.reason or "",
    )
    return " · ".join(part for part in parts if part)


def clear_lines(found: Revealed) -> Iterator[str]:
    """Somebody's name, telephone and identity number in clear, which only a kept reason has opened."""
    yield f"{found.trainee}  {found.name}"
    yield _("Telephone: {phone}   Identity number: {number}").format(
        phone=found.phone or "–", number=found.identity or "–"
    )


def source_word(source: str) -> str:
    """What points are for."""
    known = {"class": _("course"), "result": _("certificate")}
    return known.get(source) or value_word(source)


def credit_rule_lines(rules: CreditRules) -> Iterator[str]:
    """Every rule as it is typed to set it, with its meaning."""
    yield _("Version {version}").format(version=rules.version)
    yield f"hours={rules.hours}  " + _("class hours that make a point")
    yield f"years={rules.years}  " + _("years until points expire, 0 for never")
    for level, points in rules.certificates.items():
        yield f"certificate.{level}={points}  " + _("points for a certificate of {level}").format(
            level=level_word(int(level))
        )
    for body, percent in rules.recognised.items():
        told = _("percent of its points that count from {body}")
        yield f"recognised.{body}={percent}  " + told.format(body=body)
    for least, name in rules.thresholds.items():
        told = _("points open {name}").format(name=value_word(name))
        yield f"threshold.{least}={name}  " + told


def caution_line(one: Caution) -> str:
    """One thing to look at."""
    return _(CAUTIONS[one.code]).format(detail=one.detail)


def lesson_word(lesson: Lesson) -> str:
    """A session: day, hours, theory or practice."""
    sort = _("practice") if lesson.practice else _("theory")
    return f"{day_word(lesson.day)} {lesson_clock(lesson)} {sort}".replace("  ", " ")


def lesson_clock(lesson: Lesson) -> str:
    """From when to when, empty where the plan does not say."""
    if lesson.start == UNTIMED or lesson.end is None:
        return ""
    return f"{_clock(lesson.start)}-{_clock(lesson.end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def mark_sign(mark: str | None) -> str:
    """One sign of the grid."""
    return _(MARKS[mark]) if mark else "·"


def seat_line(seat: Seat) -> str:
    """A line of a roster."""
    parts = (
        seat.trainee,
        seat.name,
        seat.number or "",
        seat.enterprise,
        value_word(seat.status),
        value_word(seat.funding),
        seat.reason or "",
    )
    return "  ".join(part for part in parts if part)


def grid_lines(grid: Grid) -> Iterator[str]:
    """The grid as text: a number for each session, a sign for each mark."""
    yield f"{grid.code}  {grid.title}  {value_word(grid.status)}"
    for at, lesson in enumerate(grid.lessons, 1):
        hours = _("{hours} class hours").format(hours=lesson.hours)
        yield f"{at:>3}  {lesson_word(lesson)}  {hours}"
    yield ""
    for line in grid.lines:
        signs = "".join(mark_sign(line.marks.get(lesson.key)) for lesson in grid.lessons)
        yield f"{line.seat.trainee}  {line.seat.name}  {signs}  {standing_line(line.standing)}"


def short_ones(lines: Iterable[Line]) -> str:
    """Who is short for good, and who can still make it, in one sentence."""
    lost = [one.seat.name for one in lines if one.standing.is_lost]
    late = [one.seat.name for one in lines if not one.standing.is_lost and short_word(one.standing)]
    told = []
    if lost:
        told.append(_("Short for good: {names}.").format(names=", ".join(lost)))
    if late:
        told.append(_("Not there yet: {names}.").format(names=", ".join(late)))
    return " ".join(told) or _("Nobody is short of hours.")


def due_line(one: Due) -> str:
    """Somebody to be rung."""
    tried = _("not reached so far") if one.tried else ""
    told = _("{trainee}  {name}  {group}  certificate of {day}, call due since {due}")
    shown = told.format(
        trainee=one.trainee,
        name=one.name,
        group=one.training_class,
        day=one.certified,
        due=one.due,
    )
    return f"{shown}  {tried}".rstrip()


def imported_lines(found: Imported) -> Iterator[str]:
    """What came of a device's file."""
    yield _("{count} marks written.").format(count=found.marked)
    for words, values in (
        (_("Stamped twice, lines: {values}"), found.double),
        (_("Not on the roster: {values}"), found.unknown),
        (_("At no session, lines: {values}"), found.outside),
        (_("Marked by hand before, kept: {values}"), found.kept),
    ):
        if values:
            yield words.format(values=", ".join(map(str, values)))


def reached_lines(found: Sequence[Reached]) -> Iterator[str]:
    """How many reach each threshold, then everybody with their points."""
    counts = Counter(one.threshold for one in found)
    for name, count in counts.items():
        yield _("{threshold}: {count} people").format(threshold=value_word(name), count=count)
    if not found:
        yield _("Nobody reaches a threshold.")
    for one in found:
        told = _("{code}  {name}  {points} points  {threshold}")
        yield told.format(
            code=one.trainee, name=one.name, points=one.points, threshold=value_word(one.threshold)
        )
