"""Match a need: numbered bundles with their reasons in words, and one of them held and sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

from matching.types import Bundle, Ranking, Severity
from store.errors import InfeasibleError, TakenError
from store.schemas.records import NeedView
from store.services import decisions, matchmaking, proposals, reference
from tui import render
from tui.i18n import _, mark
from tui.messages import sentence
from tui.plain.desk import Desk
from tui.plain.proposals import carry_out, tell
from tui.words import (
    GRADES,
    RULES,
    day_word,
    field_word,
    level_word,
    urgent_mark,
    value_word,
    weekly_word,
)

_TOP = 20


def begin(desk: Desk) -> None:
    """Ask which need, the first open one by default."""
    codes = desk.store.read(matchmaking.open_needs, by=desk.by)
    if not codes:
        desk.talk.say(_("No need is open."))
        return
    answer = desk.talk.ask(
        _("Code of the need"),
        now=codes[0],
        explain=_("N000012, or 12 for short. {count} needs are open.").format(count=len(codes)),
    )
    match(desk, need_code(answer) or codes[0])


def need_code(text: str) -> str:
    """`12`, `n12` and `N000012` for the same need."""
    digits = text.strip().upper().removeprefix("N")
    return f"N{int(digits):06d}" if digits.isdecimal() and digits.isascii() else text.upper()


def match(desk: Desk, code: str) -> None:
    """Rank, let bundles be looked at, and hold one; when somebody was faster, rank again."""
    while True:
        found = desk.store.read(
            matchmaking.rank_bundles, code, by=desk.by, today=desk.today, top=_TOP
        )
        _tell_ranking(desk, found.need, found.ranking)
        bundle = _chosen(desk, found.need, found.ranking)
        if bundle is None:
            return
        if _propose(desk, found.need, bundle, found.ranking.bundles[0]):
            return


def _tell_ranking(desk: Desk, need: NeedView, ranking: Ranking) -> None:
    talk = desk.talk
    talk.say(f"{need.code} {need.enterprise_name}: {urgent_mark(need.shortage)}{need.text}")
    talk.lines(["; ".join(_known(need))])
    told = _("Bundles {shown}, considered {considered}").format(
        shown=len(ranking.bundles), considered=ranking.considered
    )
    grade = _("Grade: {grade}").format(grade=_(GRADES[ranking.grade]))
    close = _(", the first two are close: choose with the firm") if ranking.is_close else ""
    talk.say(told)
    talk.say(f"{grade}{close}")
    talk.numbered([render.bundle_line(bundle) for bundle in ranking.bundles])


def _known(need: NeedView) -> Iterator[str]:
    known = (
        ("heads", str(need.heads)),
        ("level", level_word(need.level)),
        ("earliest", str(need.earliest)),
        ("latest", str(need.latest or "")),
        ("weekly", weekly_word(need.weekly)),
        ("max_travel_km", f"{need.max_travel_km:g}" if need.max_travel_km else ""),
        ("budget", f"{need.budget:g}" if need.budget is not None else ""),
        ("mode", value_word(need.mode) if need.mode else ""),
        ("certificate", _("wanted") if need.certificate else ""),
    )
    return (f"{field_word(name)} {value}" for name, value in known if value)


def _chosen(desk: Desk, need: NeedView, ranking: Ranking) -> Bundle | None:
    """The bundle to propose, after as many were looked at as the person wants."""
    talk, count = desk.talk, len(ranking.bundles)
    letters = {"x": mark("what is ruled out"), "y": mark("what would open more")}
    while True:
        question = (
            _("A number gives the reasons, an empty line goes back")
            if count
            else _("No bundle. An empty line goes back")
        )
        answer = talk.pick(question, count, letters)
        if answer == "x":
            talk.lines(ruled_out(ranking))
        elif answer == "y":
            _tell_concessions(desk, need)
        elif answer:
            bundle = ranking.bundles[int(answer) - 1]
            talk.lines(reasons(bundle))
            if talk.pick(_("Propose it? An empty line goes back"), 0, {"p": mark("propose")}):
                return bundle
        else:
            return None


def reasons(bundle: Bundle) -> Iterator[str]:
    """A bundle with what speaks for it and against it, in words."""
    yield _("{score:.0f} points: {title}").format(
        score=100 * bundle.score, title=bundle.course.title
    )
    yield bundle.institution.name
    yield f"{render.people(bundle)}, {render.place(bundle)}"
    yield f"{render.dates(bundle)}, {render.money(bundle.price_fen)}"
    if bundle.assessment is not None:
        yield _("Assessment {day}").format(day=day_word(bundle.assessment.day))
    yield from (render.reason_line(reason) for reason in bundle.explanation.reasons)
    yield from (f"! {render.violation_line(warning)}" for warning in bundle.warnings)


def ruled_out(ranking: Ranking) -> Iterator[str]:
    """How many courses each rule kept out."""
    counts = Counter(
        rule
        for rejection in ranking.rejections
        for rule in {v.rule for v in rejection.violations if v.severity is Severity.BLOCK}
    )
    for rule, count in counts.most_common():
        yield f"{_(RULES[rule])}: {count}"
    if not counts:
        yield _("Nothing was ruled out.")


def _tell_concessions(desk: Desk, need: NeedView) -> None:
    found = desk.store.read(matchmaking.why_not, need.code, by=desk.by, today=desk.today)
    desk.talk.lines(render.concession_line(item) for item in found.concessions)
    if not found.concessions:
        desk.talk.say(_("No small change opens anything."))


def _propose(desk: Desk, need: NeedView, bundle: Bundle, first: Bundle) -> bool:
    """Hold a bundle and send it; whether it was there to be held."""
    reason, talk = "", desk.talk
    if bundle.course.id != first.course.id:
        question = _("It is not the first ({first}): say why").format(first=first.course.title)
        while not reason:
            reason = talk.ask(question)
    try:
        desk.store.read(proposals.look, need.code, need.heads, bundle, by=desk.by)
        choice = desk.store.read(
            decisions.prepare,
            need.code,
            bundle.course.id,
            by=desk.by,
            today=desk.today,
            top=_TOP,
            reason=reason,
        )
        now = desk.store.read(reference.now)
        made = desk.store.write(proposals.draft, choice, by=desk.by, now=now, request=uuid4().hex)
    except (TakenError, InfeasibleError) as error:
        talk.say(sentence(error))
        return False
    tell(desk, made)
    if talk.agrees(_("Send {code} to everyone now?").format(code=made.code)):
        carry_out(desk, proposals.send, made.code, version=made.version, request=uuid4().hex)
    return True
