"""`resolve` and `search`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import date

from matching.types import Resolution
from store import Store
from store.errors import StoreError, UsageError
from store.schemas.fields import LADDER
from store.services import naming, reference, sentences
from store.services import search as search_service
from store.services.sentences import ReadField
from tui.cli.output import line, put, say, table
from tui.cli.reading import stdin_lines
from tui.cli.session import begin, opened, tell_aside
from tui.i18n import _
from tui.settings import Settings
from tui.words import cell_word, field_word, kind_word, level_word

_Reader = Callable[[str, date], tuple[ReadField, ...]]
_LONGEST = 2000
_MANY = 40


def resolve(options: Namespace, settings: Settings) -> int:
    """Text to occupations; without a store, from the dictionary that the program carries."""
    if options.stdin == (options.text is not None):
        raise UsageError("text_or_stdin")
    texts = stdin_lines() if options.stdin else iter([options.text])
    answer = _resolver(options, settings)
    for text in texts:
        resolution = answer(text[:_LONGEST], options.top)
        if options.json or options.stdin:
            put(as_json(resolution))
        else:
            _show(resolution)
    return 0


def _resolver(options: Namespace, settings: Settings) -> naming.Resolver:
    """The store's names where there is a store; one snapshot in memory serves many texts."""
    try:
        store: Store | None = opened(options, settings)
    except StoreError as error:
        if options.db is not None or options.semantic or error.code != "no_store":
            raise
        store = None
    if store is None:
        from seed.reference import resolver

        return resolver()
    tell_aside(store)
    if options.stdin:
        return store.read(naming.resolver)
    return lambda text, top: store.read(naming.resolve_text, text, top=top)


def as_json(resolution: Resolution) -> dict[str, object]:
    """The published shape of a resolution."""
    return {
        "query": resolution.query,
        "level": LADDER[resolution.level - 1] if resolution.level else None,
        "ambiguous": resolution.is_ambiguous,
        "matches": [
            {
                "code": match.code,
                "name": match.name,
                "score": match.score,
                "evidence": [
                    {"kind": e.kind, "name": e.name, "score": round(e.score, 4)}
                    for e in match.evidence
                ],
            }
            for match in resolution.matches
        ],
    }


def _show(resolution: Resolution) -> None:
    if resolution.level:
        line(_("level: {level}").format(level=level_word(resolution.level)))
    for match in resolution.matches:
        evidence = ", ".join(f"{e.kind} “{e.name}”" for e in match.evidence[:2])
        line(f"{match.score:.2f}  {match.code}  {match.name}  ({evidence})")
    if not resolution.matches:
        say(_("Nothing found. Try other words, or a part of them."))
    elif resolution.is_ambiguous:
        say(_("Several occupations are possible: ask which is meant."))


def parse(options: Namespace, settings: Settings) -> int:
    """The fields of a need sentence; without a store, with the places that the program carries."""
    if options.stdin == (options.text is not None):
        raise UsageError("text_or_stdin")
    read, today = _reader(options, settings)
    for text in stdin_lines() if options.stdin else iter([options.text]):
        fields = read(text[:_LONGEST], today)
        if options.json or options.stdin:
            put({"query": text[:_LONGEST], "today": today, "fields": _by_field(fields)})
        elif not fields:
            say(_("The sentence states none of the fields."))
        else:
            rows = [[field_word(f.field), cell_word(f.field, f.cell), f.words] for f in fields]
            table([_("Field"), _("Value"), _("Read from")], rows, [10, 30])
    return 0


def _reader(options: Namespace, settings: Settings) -> tuple[_Reader, date]:
    """How sentences are read, and the day they are read on."""
    try:
        session = begin(options, settings)
    except StoreError as error:
        if options.db is not None or error.code != "no_store":
            raise
    else:
        today = _day(options.day) or session.today
        return lambda text, day: session.store.read(
            sentences.read_sentence, text, by=session.by, today=day
        ), today
    from seed.reference import area_rows

    names = {row["code"]: row["name"] for row in area_rows()}
    places = sentences.place_names(tuple(names.items()))
    today = _day(options.day) or reference.today_in_china()
    return lambda text, day: sentences.read_cells(text, day, places, names), today


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError("not_a_day", text=text) from None


def _by_field(fields: Sequence[ReadField]) -> dict[str, object]:
    return {
        f.field: {"value": f.cell, "words": f.words, "start": f.start, "end": f.end} for f in fields
    }


def search(options: Namespace, settings: Settings) -> int:
    """Records by words, codes or pinyin initials."""
    session = begin(options, settings)
    kinds = (options.kind,) if options.kind else (*search_service.KINDS, "occupation")
    hits = session.store.read(
        search_service.search, options.text, by=session.by, kinds=kinds, limit=options.top
    )
    if options.json:
        put(hits)
    elif hits:
        rows = [[kind_word(h.kind), h.code, f"{h.score:.2f}", h.title] for h in hits]
        table([_("Kind"), _("Code"), _("Score"), _("Title")], rows, [12, 14, 5])
    else:
        say(_("Nothing found. Try other words, or a part of them."))
    return 0


def codes(options: Namespace, settings: Settings) -> int:
    """Codes that other records name: areas, equipment, levels."""
    session = begin(options, settings)
    if options.table == "level":
        rows = [
            (str(rank), f"{name} / {english}")
            for rank, name, english in session.store.read(reference.levels)
        ]
    else:
        service = reference.areas if options.table == "area" else reference.equipment
        rows = list(session.store.read(service))
    wanted = [(code, name) for code, name in rows if options.text in name or options.text == code]
    if options.json:
        put([{"code": code, "name": name} for code, name in wanted])
    for code, name in () if options.json else wanted:
        line(f"{code}  {name}")
    return 0
