"""Pure functions from values to words, lines and bars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import ceil

from matching.concessions import ANY_TIME, Change, Concession, Wish
from matching.types import (
    Bundle,
    Course,
    Criterion,
    Employment,
    Instructor,
    Mode,
    Purpose,
    Reason,
    Rule,
    Session,
    Violation,
)
from store.schemas.fields import write_clock
from tui.i18n import _, mark
from tui.words import (
    CRITERIA,
    RULES,
    day_word,
    kind_word,
    level_word,
    value_word,
    weekly_word,
)

_HEIGHTS = "▁▂▃▄▅▆▇█"


def money(fen: int | None) -> str:
    """`¥980` for an amount in fen; unknown says so."""
    if fen is None:
        return _("price unknown")
    return f"¥{Decimal(fen) / 100:,f}".rstrip("0").rstrip(".") if fen % 100 else f"¥{fen // 100:,}"


def head_price(fen: int | None) -> str:
    """A price a head, rounded up to whole yuan: a class priced as a whole is seldom shared out evenly."""
    return money(None if fen is None else -(-fen // 100) * 100)


def course_price(price: Decimal | None, per: str, most_heads: int | None) -> str:
    """`¥980/head`, `¥12,000/class (from ¥400/head)`: of a class what it comes to at least, too."""
    if price is None:
        return "–"
    fen = int(price * 100)
    if per != "class":
        return _("{price}/head").format(price=money(fen))
    whole = _("{price}/class").format(price=money(fen))
    if not most_heads:
        return whole
    head = head_price(fen // most_heads)
    return _("{whole} (from {price}/head)").format(whole=whole, price=head)


def points(reason: Reason) -> str:
    """`28/30`: what a reason adds to a score of 100, and the most it could."""
    return f"{100 * reason.score * reason.weight:.0f}/{100 * reason.weight:.0f}"


def bar(share: float, cells: int, full: str = "▇", empty: str = "▁") -> str:
    """A bar of so many cells for a share from 0 to 1."""
    filled = round(min(1.0, max(0.0, share)) * cells)
    return full * filled + empty * (cells - filled)


def spark(values: Sequence[int], most: int = 0) -> str:
    """One cell for each number, as high as its part of the largest or of `most`; 0 is the lowest."""
    most = most or max(values, default=0)
    return "".join(_HEIGHTS[ceil(7 * value / most) if most else 0] for value in values)


def session_span(session: Session) -> str:
    """`18:30-21:30`, empty where the times are not known."""
    if session.start is None or session.end is None:
        return ""
    return f"{write_clock(session.start)}-{write_clock(session.end)}"


def dates(bundle: Bundle) -> str:
    """First and last day of a bundle and how often it meets."""
    if not bundle.sessions:
        return _("dates to be agreed")
    first, last = bundle.sessions[0].day, bundle.sessions[-1].day
    return _("{first} to {last}, {count} sessions").format(
        first=day_word(first), last=day_word(last), count=len(bundle.sessions)
    )


def self_study(course: Course) -> str:
    """What people learn alone beside the sessions, empty where nothing."""
    if not course.self_study_hours:
        return ""
    return _("{hours} class hours of self-study besides, without instructor or workstation").format(
        hours=course.self_study_hours
    )


def people(bundle: Bundle) -> str:
    """Names of the instructors, or that none is filed."""
    told = (_teaching(person, bundle.course.institution) for person in bundle.instructors)
    return "、".join(told) or _("instructor not filed")


def _teaching(person: Instructor, institution: str) -> str:
    """A name; a part-timer's with the institutions of a year, this one too, of how many are allowed."""
    if person.employment is not Employment.PART_TIME or person.most_institutions is None:
        return person.name
    used = len(person.institutions_last_year | {institution})
    told = _("{name} ({used} of {most} institutions)")
    return told.format(name=person.name, used=used, most=person.most_institutions)


def place(bundle: Bundle) -> str:
    """Where a bundle is taught and how far that is."""
    if bundle.course.mode in (Mode.FIRM, Mode.ONLINE):
        return value_word(bundle.course.mode.value)
    name = bundle.venue.name if bundle.venue else bundle.institution.name
    return name if bundle.travel_km is None else f"{name} {bundle.travel_km:.1f} km"


def bundle_line(bundle: Bundle) -> str:
    """One bundle on one line."""
    return " · ".join(
        (
            f"{100 * bundle.score:.0f}",
            bundle.course.title,
            bundle.institution.name,
            people(bundle),
            place(bundle),
            dates(bundle),
            head_price(bundle.price_fen),
        )
    )


def reason_line(reason: Reason) -> str:
    """One reason of the waterfall in words."""
    told = evidence(reason)
    name = _(CRITERIA[reason.criterion])
    return f"{name} {points(reason)}" + (f"  {told}" if told else "")


def evidence(reason: Reason) -> str:
    """What a reason rests on, in words."""
    if not reason.known:
        return _("unknown, counted as half")
    return _EVIDENCE[reason.criterion](reason.evidence)


def _topic(data: tuple[str, ...]) -> str:
    code, title, *unsaid = data
    told = f"{code} {title}" if code else title
    return (
        _("{course} (does not say whether it is for renewal)").format(course=told)
        if unsaid
        else told
    )


def _level(data: tuple[str, ...]) -> str:
    wanted, offered = (level_word(int(rank)) for rank in data)
    return (
        wanted
        if wanted == offered
        else _("{wanted} wanted, {offered} offered").format(wanted=wanted, offered=offered)
    )


def _start(data: tuple[str, ...]) -> str:
    return _("{day}, {days} days after the earliest").format(
        day=day_word(date.fromisoformat(data[0])), days=data[1]
    )


def _travel(data: tuple[str, ...]) -> str:
    if data[0] == "0":
        return value_word(data[1])
    return _("{km} km of {limit}").format(km=data[0], limit=data[1])


def _price(data: tuple[str, ...]) -> str:
    return _("{price} a head, budget {budget}").format(
        price=money(int(data[0])), budget=money(int(data[1]))
    )


def _capacity(data: tuple[str, ...]) -> str:
    if len(data) == 2:
        return _("{heads} heads, {seats} seats left").format(heads=data[0], seats=data[1])
    least, most = (part if part != "None" else "–" for part in data[1:])
    return _("{heads} heads, class {least} to {most}").format(heads=data[0], least=least, most=most)


def _evaluation(data: tuple[str, ...]) -> str:
    return _("{score} of 100 from {count} ratings").format(score=data[0], count=data[1])


def _freshness(data: tuple[str, ...]) -> str:
    """The course's age, or that of the part of the plan that was filed longest ago."""
    told = _("filed {days} days ago").format(days=data[0])
    return told if len(data) == 1 else f"{kind_word(data[1])} {data[2]} {told}"


_EVIDENCE: Mapping[Criterion, Callable[[tuple[str, ...]], str]] = {
    Criterion.TOPIC: _topic,
    Criterion.LEVEL: _level,
    Criterion.SCHEDULE: lambda data: _("{count} sessions inside the wanted times").format(
        count=data[1]
    ),
    Criterion.START: _start,
    Criterion.TRAVEL: _travel,
    Criterion.PRICE: _price,
    Criterion.CAPACITY: _capacity,
    Criterion.INSTRUCTOR: "、".join,
    Criterion.EVALUATION: _evaluation,
    Criterion.FRESHNESS: _freshness,
}


def change_line(change: Change) -> str:
    """What a firm would give up, in words."""
    value = change.value
    if change.wish is Wish.TIMES and value == str(ANY_TIME):
        return _("at any time")
    if change.wish is Wish.TIMES:
        return _("also {times}").format(times=weekly_word(value))
    if change.wish is Wish.LEVEL:
        return _("any level") if value == "any" else level_word(int(value))
    if change.wish is Wish.PURPOSE:
        return _(_PURPOSES[Purpose(value)])
    if change.wish is Wish.MODULES and value == "all":
        return _("whatever modules a course has")
    return _(_CHANGES[change.wish]).format(value=value)


def concession_line(concession: Concession) -> str:
    """Changes, how many courses they open and the best of those."""
    told = " + ".join(change_line(change) for change in concession.changes)
    return _("{changes}: opens {count}, best {score:.0f} {title}").format(
        changes=told,
        count=len(concession.opens),
        score=100 * concession.best.score,
        title=concession.best.course.title,
    )


_CHANGES: Mapping[Wish, str] = {
    Wish.END: mark("end {value} days later"),
    Wish.START: mark("start up to {value} days earlier"),
    Wish.TRAVEL: mark("travel {value} km more"),
    Wish.PLACE_OF_TEACHING: mark("taught anywhere"),
    Wish.MODULES: mark("without the module {value}"),
    Wish.PRACTICE: mark("{value} practice hours are enough"),
    Wish.SPLIT: mark("in {value} groups"),
}


_PURPOSES: Mapping[Purpose, str] = {
    Purpose.RENEWAL: mark("if they hold the certificate already"),
    Purpose.FIRST: mark("a first-time course will do"),
}
_LOADS = {
    "day": mark("{count} h on {day}"),
    "week": mark("{count} h in the week of {day}"),
    "row": mark("{count} days in a row until {day}"),
}
# Rules about the course itself: whoever reads them knows which course it is.
_OF_COURSE = frozenset(
    {
        Rule.LEVEL, Rule.RENEWAL, Rule.FIRST_TIME, Rule.MODULES, Rule.MODULES_UNKNOWN, Rule.MODE,
        Rule.PRACTICE_HOURS, Rule.HEADS_MAX, Rule.HEADS_MIN, Rule.BUDGET, Rule.COURSE_VALIDITY, Rule.TOPIC,
    }
)  # fmt: skip
_NO_NAMES: Mapping[str, str] = {}


def bundle_names(bundle: Bundle) -> dict[str, str]:
    """Names behind the codes of a bundle: institutions, people, its venue and the slots there."""
    found = {person.id: person.name for person in bundle.instructors}
    found |= {person.institution: person.home_name for person in bundle.instructors}
    found[bundle.institution.id] = bundle.institution.name
    if bundle.venue is not None:
        found[bundle.venue.id] = bundle.venue.name
        found.update((s.slot, bundle.venue.name) for s in bundle.sessions if s.slot)
    return found


def named(code: str, names: Mapping[str, str]) -> str:
    """A name with its code after it; the code alone where no name is known."""
    return f"{names[code]} {code}" if names.get(code) else code


def warning_lines(bundle: Bundle) -> list[str]:
    """What speaks against a bundle, with the names of its people and the times of its sessions."""
    names = bundle_names(bundle)
    return [violation_line(one, names, bundle.sessions) for one in bundle.warnings]


def violation_line(
    violation: Violation,
    names: Mapping[str, str] = _NO_NAMES,
    sessions: Sequence[Session] = (),
) -> str:
    """A broken rule with the data that shows it; names for codes and times of days where they are known."""
    told = _shown(violation, names, sessions)
    subject = ""
    if violation.rule not in _OF_COURSE and (told or violation.subject in names):
        subject = named(violation.subject, names)
    shown = _("{name}: {value}").format(name=subject, value=told) if subject and told else ""
    shown = shown or subject or told
    return _(RULES[violation.rule]) + (f" ({shown})" if shown else "")


def _shown(violation: Violation, names: Mapping[str, str], sessions: Sequence[Session]) -> str:
    """The data of a broken rule in words."""
    data = tuple("" if part == "None" else part for part in violation.evidence)
    own = [s for s in sessions if s.instructor == violation.subject] or sessions

    def word(part: str) -> str:
        try:
            day = date.fromisoformat(part)
        except ValueError:
            return named(part, names)
        spans = " ".join(filter(None, (session_span(s) for s in own if s.day == day)))
        return f"{day_word(day)} {spans}".strip()

    in_words = _DATA.get((violation.rule, len(data)))
    if in_words is not None and all(data):
        return in_words(data, word)
    return " / ".join(word(part) for part in data if part)


_Words = Callable[[tuple[str, ...], Callable[[str], str]], str]


def _between(data: tuple[str, ...], word: Callable[[str], str]) -> str:
    first, last = (word(part) for part in data)
    return _("{first} to {last}").format(first=first, last=last)


def _outside(data: tuple[str, ...], word: Callable[[str], str]) -> str:
    if not data[1].isdecimal():
        return _between(data, word)
    return _("{count} sessions, the first on {day}").format(count=data[1], day=word(data[0]))


def _pair(text: str, told: Callable[[str], str]) -> _Words:
    return lambda data, _word: _(text).format(wanted=told(data[0]), offered=told(data[1]))


def _load(data: tuple[str, ...], word: Callable[[str], str]) -> str:
    day = day_word(date.fromisoformat(data[1]))
    return _(_LOADS[data[0]]).format(day=day, count=data[2])


_WANTED = mark("{wanted} wanted, {offered} offered")


def _barred(data: tuple[str, ...], word: Callable[[str], str]) -> str:
    kind, first, *last = data
    told = _between((first, *last), word) if last else _("from {day}").format(day=word(first))
    return f"{value_word(kind)}, {told}"


_DATA: Mapping[tuple[Rule, int], _Words] = {
    (Rule.INSTITUTION_SANCTION, 2): _barred,
    (Rule.INSTITUTION_SANCTION, 3): _barred,
    (Rule.INSTITUTION_NOTICE, 2): _barred,
    (Rule.INSTITUTION_NOTICE, 3): _barred,
    (Rule.LEVEL, 2): _pair(_WANTED, lambda rank: level_word(int(rank))),
    (Rule.MODULES, 1): lambda data, word: data[0],
    (Rule.MODE, 2): _pair(_WANTED, value_word),
    (Rule.PRACTICE_HOURS, 2): _pair(_WANTED, str),
    (Rule.WORKLOAD, 3): _load,
    (Rule.BUDGET, 2): lambda data, word: _("{price} a head, budget {budget}").format(
        price=money(int(data[0])), budget=money(int(data[1]))
    ),
    (Rule.HEADS_MIN, 2): lambda data, word: _("{heads} heads, at least {least}").format(
        heads=data[0], least=data[1]
    ),
    (Rule.HEADS_MAX, 2): lambda data, word: _("{heads} heads, at most {most}").format(
        heads=data[0], most=data[1]
    ),
    (Rule.RUN_FULL, 2): lambda data, word: _("{left} left, {wanted} wanted").format(
        left=data[0], wanted=data[1]
    ),
    (Rule.TRAVEL, 2): lambda data, word: _("{km} km of {limit}").format(km=data[0], limit=data[1]),
    (Rule.DATES, 2): _outside,
    (Rule.PATTERN, 2): _outside,
    (Rule.COURSE_VALIDITY, 2): _between,
    (Rule.QUALIFICATION, 2): lambda data, word: word(data[1]),
    (Rule.GUEST_HOME, 2): lambda data, word: f"{word(data[0])}, {value_word(data[1])}",
    (Rule.PART_TIMER, 2): lambda data, word: _("{used} institutions, at most {most}").format(
        used=data[0], most=data[1]
    ),
    (Rule.PART_TIMER, 1): lambda data, word: _("{count} institutions").format(count=data[0]),
    (Rule.TRAVEL_GAP, 3): lambda data, word: _(
        "{day}: {pause} min free, the way takes {way}"
    ).format(day=word(data[0]), pause=data[1], way=data[2]),
    (Rule.REST, 2): lambda data, word: _("{hours} h before {day}").format(
        hours=data[1], day=word(data[0])
    ),
}
