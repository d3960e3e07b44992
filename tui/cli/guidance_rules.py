"""`policy`: rule sets of subsidies, written, checked, published and asked."""

from __future__ import annotations

import tomllib
from argparse import Namespace
from collections.abc import Mapping
from datetime import date
from typing import Any

from matching.subsidy.checks import Finding
from matching.subsidy.facts import write_value
from matching.subsidy.rules import RuleSet, rule_json
from matching.subsidy.settings import write_fund, write_teaching
from store.errors import InvalidError, UsageError
from store.schemas.policy import RuleDraft, SetDraft
from store.services import policies, subsidies
from store.services.policies import Edition
from tui import policy_text
from tui.cli.output import line, plain, put, table, tried
from tui.cli.people import checked, tell
from tui.cli.reading import file_bytes
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.policy_cells import rule_cells, set_cells
from tui.policy_words import status_word
from tui.settings import Settings


def listed(options: Namespace, settings: Settings) -> int:
    """Editions by set; with a day those in force."""
    session = begin(options, settings)
    as_of = day_of(options.as_of, None)
    found = session.store.read(policies.listed, by=session.by, as_of=as_of)
    if options.json:
        put([edition_json(one) for one in found])
        return 0
    rows = [
        [
            f"{one.rules.code}/{one.rules.number}",
            status_word(one.status),
            policy_text.span(one.rules.valid_from, one.rules.valid_to),
            str(len(one.rules.rules)),
            one.area_name,
            one.rules.name,
        ]
        for one in found
    ]
    headings = [_("Set"), _("State"), _("Holds"), _("Rules"), _("Area"), _("Name")]
    table(headings, rows, [10, 10, 25, 5, 12])
    return 0


def show(options: Namespace, settings: Settings) -> int:
    """One edition."""
    session = begin(options, settings)
    found = session.store.read(policies.shown, options.code.upper(), options.edition, by=session.by)
    return _tell(options, found)


def check(options: Namespace, settings: Settings) -> int:
    """What is wrong with an edition; 1 when something stops it from being published."""
    session = begin(options, settings)
    found = session.store.read(
        policies.check,
        options.code.upper(),
        options.edition,
        by=session.by,
        today=session.today,
    )
    if options.json:
        put([finding_json(one) for one in found])
    else:
        for one in found:
            line(policy_text.finding_line(one))
        if not found:
            line(_("Nothing is wrong with it."))
    return int(any(one.stops for one in found))


def take(options: Namespace, settings: Settings) -> int:
    """A draft from a file: a table `set` and tables `rules`, fields as they are typed in forms."""
    try:
        told = tomllib.loads(file_bytes(options.file).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidError("policy_file", path=options.file, cause=str(error)) from error
    if not isinstance(told.get("set"), dict) or not _are_tables(told.get("rules", [])):
        raise InvalidError("policy_file", path=options.file, cause="[set] [[rules]]")
    draft = checked(SetDraft, _cells(told["set"]))
    rules = [checked(RuleDraft, _cells(rule)) for rule in told.get("rules", [])]
    session = begin(options, settings)
    return _tell(options, write_with(options, session)(policies.begin, draft, rules, by=session.by))


def edit(options: Namespace, settings: Settings) -> int:
    """Fields of a set, or of one of its rules."""
    session = begin(options, settings)
    code = options.code.upper()
    view = session.store.read(policies.shown, code, by=session.by)
    write = write_with(options, session)
    if options.rule is None:
        draft = checked(SetDraft, {**set_cells(view.rules), **pairs(options.fields, SetDraft)})
        return _tell(options, write(policies.change, draft, version=view.version, by=session.by))
    rule = options.rule.upper()
    if options.drop:
        found = write(policies.drop_rule, code, rule, by=session.by, today=session.today)
        return _tell(options, found)
    known = next((one for one in view.rules.rules if one.code == rule), None)
    cells = rule_cells(known) if known else {"code": rule}
    made = checked(RuleDraft, {**cells, **pairs(options.fields, RuleDraft), "code": rule})
    return _tell(
        options,
        write(
            policies.put_rule,
            code,
            made,
            version=view.version,
            by=session.by,
            today=session.today,
        ),
    )


def publish(options: Namespace, settings: Settings) -> int:
    """Let a draft hold."""
    session = begin(options, settings)
    code = options.code.upper()
    write = write_with(options, session)
    return _tell(options, write(policies.publish, code, by=session.by, today=session.today))


def ask(options: Namespace, settings: Settings) -> int:
    """What the rules give to a record on a day."""
    session = begin(options, settings)
    facts = dict(_parted(word) for word in options.fields)
    found = session.store.read(
        subsidies.ask,
        options.code.upper(),
        by=session.by,
        as_of=day_of(options.as_of, None),
        person=options.person and options.person.upper(),
        more=facts,
    )
    if options.json:
        put({**plain(found), "items": [plain(item) for item in found.items]})
        return 0
    for text in policy_text.answered_lines(found):
        line(text)
    return 0


def day_of(text: str | None, otherwise: Any) -> Any:
    """A day as typed, or another one where none was."""
    if text is None:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("not_a_day", text=text) from error


def edition_json(view: Edition) -> dict[str, object]:
    """An edition with its conditions as trees."""
    one = view.rules
    told: dict[str, object] = {
        **plain(view),
        "rules": {
            **_set_json(one),
            "rules": [rule_json(rule) for rule in one.rules],
        },
    }
    return told


def finding_json(found: Finding) -> dict[str, object]:
    """A finding with the facts that show it as they are typed, and its sentence."""
    facts = {name: write_value(name, value) for name, value in found.facts.items()}
    told = {name: value for name, value in plain(found).items() if value not in (None, "", [])}
    return {**told, "facts": facts, "message": policy_text.finding_line(found)}


def _set_json(one: RuleSet) -> dict[str, object]:
    names = ("code", "number", "area", "name", "source", "valid_from", "valid_to", "budget")
    told = {name: plain(getattr(one, name)) for name in names}
    rest = {"lists": plain(dict(one.lists)), "covers": list(one.covers)}
    return {
        **told,
        **rest,
        "decide_days": one.decide_days,
        "fund": write_fund(one.fund) or None,
        "teaching": write_teaching(one.teaching) or None,
    }


def write_with(options: Namespace, session: Session) -> Any:
    """How writes are done: for good, or as a dry run."""
    return session.store.rehearse if options.dry_run else session.store.write


def _tell(options: Namespace, view: Edition) -> int:
    if options.json:
        put(edition_json(view))
        return 0
    tried(options)
    return tell(options, view, list(policy_text.edition_lines(view)))


def pairs(words: list[str], draft: type[Any]) -> dict[str, str]:
    """FIELD=VALUE words of a draft."""
    found = dict(_parted(word) for word in words)
    for name in found:
        if name not in draft.model_fields:
            raise UsageError("field_unknown", name=name, known=", ".join(draft.model_fields))
    return found


def _parted(word: str) -> tuple[str, str]:
    name, sign, value = word.partition("=")
    if not sign:
        raise UsageError("field_value_wanted", text=word)
    return name, value


def _cells(told: Mapping[str, Any]) -> dict[str, str]:
    """Fields of a file as cells: a day or a number may stand there without quotes."""
    return {str(name): str(value) for name, value in told.items()}


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
