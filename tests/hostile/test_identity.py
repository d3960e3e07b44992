"""Resident identity numbers are kept nowhere: not in the store, its log, a backup, a draft, a clipboard."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from textual import events

from seed.demo import OPERATOR
from store import Store, backups
from store.errors import DuijieError, RefusedFileError
from store.schemas.actor import Actor, Role
from store.schemas.records import CourseDraft, NeedDraft
from store.sensitive import holds_number, masked
from store.services import desk, filing, learning, profiles, records, reference
from store.tables import read_csv
from tests.conftest import DAY
from tests.tui.driving import running, settle
from tui.logs import HarmlessFormatter
from tui.messages import problem_sentence, sentence
from tui.remembered import Remembered
from tui.widgets.form_input import FormInput

NUMBER = "440301199001011234"
ENDS_IN_X = "44030119900110000X"
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
WRITTEN = (
    NUMBER,
    ENDS_IN_X,
    ENDS_IN_X.lower(),
    f"张三{NUMBER}电工",
    f"id{NUMBER}",
    f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
    f"{NUMBER[:6]}-{NUMBER[6:14]}-{NUMBER[14:]}",
    " ".join(NUMBER),
    NUMBER.translate(WIDE),
    ENDS_IN_X.translate(WIDE),
    "身份证：440301900101123",
)
OTHERS = (
    "440301199001011235",  # another check digit
    "440301199013011234",  # no such month
    "91440300MA5FABCD1X",  # unified social credit codes
    "914403001922038216",
    "12440300455755812W",
    "440301900101123",  # fifteen digits that nobody calls an identity number
    "6-18-01-01",
    "13800138000 13900139000",
    "2026-11-21 2026-12-31 18:30",
    "6222021234567890123",
    "a3f" + NUMBER + "b" * 20,  # part of a digest
)
SYSTEM = Actor("system", "system", Role.SYSTEM, "BUREAU")


@pytest.mark.parametrize("text", WRITTEN)
def test_a_number_is_found_however_it_is_written(text: str) -> None:
    assert holds_number(text)
    shown = masked(text)
    assert not holds_number(shown)
    assert len(shown) == len(text)
    assert NUMBER not in shown.translate(str.maketrans("０１２３４５６７８９", "0123456789"))


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_pass(text: str) -> None:
    assert not holds_number(text)
    assert masked(text) == text


def _need(session: Session) -> object:
    draft = NeedDraft.model_construct(
        **{
            **NeedDraft(enterprise="E001", text="电工", heads=3, earliest=DAY).__dict__,
            "text": f"电工 {NUMBER}",
        }
    )
    return records.register(session, draft, by=OPERATOR)


WRITES: dict[str, Callable[[Session], object]] = {
    "text": _need,
    "code": lambda s: records.register(
        s, CourseDraft(institution="T01", title="焊工"), by=SYSTEM, code=NUMBER
    ),
    "reason": lambda s: records.withdraw(
        s, "need", "N000080", version=1, by=OPERATOR, reason=f"撤销 {NUMBER}"
    ),
    "note": lambda s: desk.outcome(
        s, "P000001", "E001", "no_answer", by=OPERATOR, now=reference.now(s), note=NUMBER
    ),
    "words": lambda s: learning.confirm(s, f"电{NUMBER[:17]}4", "6-31-01-03", by=OPERATOR),
    "profile": lambda s: profiles.save(s, NUMBER, {"topic": 1.0}, by=OPERATOR),
    "person": lambda s: reference.add_user(
        s, "li", f"李{NUMBER}", Role.OPERATOR, OPERATOR.organisation
    ),
    "setting": lambda s: reference.set_meta(s, "note", NUMBER),
    "request": lambda s: records.register(
        s,
        NeedDraft(enterprise="E001", text="电工", heads=3, earliest=DAY),
        by=OPERATOR,
        request=NUMBER,
    ),
}


def test_no_service_stores_one(store: Store) -> None:
    """Whichever argument holds it, on both databases."""
    codes = {}
    for name, write in WRITES.items():
        with pytest.raises(DuijieError) as caught:
            store.write(write)
        codes[name] = caught.value.code
        assert NUMBER not in sentence(caught.value)
    # Words that are learned are too long before they are looked at; the code of a person is looked up first.
    refused = {name for name, code in codes.items() if code == "identity_number"}
    assert refused >= set(WRITES) - {"words", "person"}, codes


async def test_tried_everywhere_it_is_found_nowhere(
    stocked: Store, tmp_path: Path, demo_path: Path
) -> None:
    """Check 32: files of the store, its backup, logs, drafts and the clipboard are searched."""
    for write in WRITES.values():
        with pytest.raises(DuijieError):
            stocked.write(write)
    _import(stocked)
    async with running(stocked) as pilot:
        await pilot.press("f2")
        pilot.app.screen.query_one("#enterprise", FormInput).value = "E001"
        pilot.app.screen.query_one("#heads", FormInput).value = "3"
        field = pilot.app.screen.query_one("#text", FormInput)
        field.post_message(events.Paste(f"电工 {NUMBER}"))
        await settle(pilot)
        pilot.app.copy_to_clipboard(NUMBER)
        assert NUMBER not in pilot.app.clipboard
        await pilot.press("tab", "tab")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "identity number" in str(pilot.app.screen.query_one("#status").render())
    kept = Remembered(tmp_path / "desk", "s", "op")
    kept.put_draft("need", {"text": NUMBER, "heads": "5"})
    kept.put_text("clip", NUMBER)
    _log(tmp_path / "log.txt")
    backups.backup(str(stocked.url), tmp_path / "copy.db")
    stocked.close()
    searched = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"demo.db", "copy.db", "log.txt", "clip.txt"} <= {path.name for path in searched}
    assert not [path for path in searched if NUMBER.encode() in path.read_bytes()]


def _import(store: Store) -> None:
    headings, rows = read_csv(f"institution,title\nT01,{NUMBER}\n".encode())
    with pytest.raises(RefusedFileError) as caught:
        store.write(filing.import_rows, "course", headings, rows, by=OPERATOR)
    (problem,) = caught.value.problems
    assert isinstance(problem, filing.Problem)
    assert problem.code == "identity_number"
    assert NUMBER not in problem_sentence(problem)


def _log(path: Path) -> None:
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(HarmlessFormatter("%(message)s"))
    log = logging.getLogger("hostile")
    log.addHandler(handler)
    try:
        raise ValueError(NUMBER)
    except ValueError:
        log.exception("a need of %s \x1b]0;x\x07", NUMBER)
    handler.close()
    log.removeHandler(handler)
    assert "\x1b" not in path.read_text(encoding="utf-8")


def test_a_record_that_holds_one_already_can_be_mended(stocked: Store, demo_path: Path) -> None:
    """Stored before this rule, it can be edited away, and the trail does not repeat it."""
    from store.engine import sqlite_module

    connection = sqlite_module().connect(demo_path)
    connection.execute("UPDATE need SET text = ? WHERE code = 'N000080'", (f"电工 {NUMBER}",))
    connection.commit()
    connection.close()
    view = stocked.read(records.fetch, "need", "N000080", by=OPERATOR)
    values = {name: getattr(view, name) for name in NeedDraft.model_fields}
    draft = NeedDraft.model_validate({**values, "text": "电工"})
    stocked.write(records.edit, "N000080", draft, version=view.version, by=OPERATOR)
    told = stocked.read(records.history, "need", "N000080", by=OPERATOR)
    assert NUMBER not in str(told)
