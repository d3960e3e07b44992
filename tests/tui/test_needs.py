"""The needs screen: registration by keys, nothing lost, nothing executed."""

from __future__ import annotations

from datetime import date
from threading import Event
from typing import Any

import pytest
from sqlalchemy.orm import Session
from textual import events
from textual.pilot import Pilot

from seed.demo import CENTRE, OPERATOR
from store import Store
from store.errors import NotAllowedError, StoreBusyError
from store.schemas.actor import Actor, Role
from store.schemas.records import EnterpriseDraft, NeedDraft, NeedView
from store.services import needs, records, undoing
from tests.tui.driving import frame, running, settle
from tui.screens.needs import NeedsScreen
from tui.screens.registering import TYPING_PAUSE
from tui.widgets.form_input import FormInput


def newest(store: Store) -> NeedView:
    page = store.read(records.page, "need", by=OPERATOR, limit=1, newest_first=True)
    view: NeedView = page.items[0]
    return view


def total(store: Store) -> int:
    found: int = store.read(records.page, "need", by=OPERATOR, limit=1).total
    return found


@pytest.mark.parametrize(("language", "saved"), [("en", "saved in"), ("zh", "已保存")])
async def test_a_call_becomes_a_need_by_keys_alone(
    stocked: Store, language: str, saved: str
) -> None:
    async with running(stocked, language) as pilot:
        await pilot.press(
            "f2", *"rpjm", "tab", *"招5个数控车工考中级证", "tab", *"5", "tab", "tab", "1"
        )
        await pilot.press(
            "tab", "tab", *"12-31", "tab", *"晚+周末", "tab", "tab", "tab", *"2000", "enter"
        )
        await settle(pilot)
        assert saved in frame(pilot)
    view = newest(stocked)
    assert (view.enterprise, view.heads, view.level, view.certificate) == ("E001", 5, 3, True)
    assert view.text == "招5个数控车工考中级证"
    assert str(view.latest) == "2026-12-31"
    assert view.weekly == "Mon-Fri 18:30-21:30; Sat,Sun all day"
    assert view.area == "PK-BL-02"
    assert view.owner == CENTRE
    assert view.occupations[0].code == "6-18-01-01"


async def test_choosing_a_candidate_confirms_the_occupation(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2", *"E001", "tab", *"护理")
        await pilot.pause(TYPING_PAUSE * 2)
        await settle(pilot)
        assert "Several occupations" in frame(pilot)
        await pilot.press("down", "down", "enter", "3", "ctrl+s")
        await settle(pilot)
    part = newest(stocked).occupations[0]
    assert part.confirmed_by == OPERATOR.login
    assert part.confidence == 1


async def test_what_is_wrong_is_said_and_nothing_is_lost(stocked: Store) -> None:
    before = total(stocked)
    async with running(stocked, "zh") as pilot:
        await pilot.press("f2", *"E001", "tab", *"焊工", "tab", *"abc", "ctrl+s")
        await settle(pilot)
        shown = frame(pilot)
        assert "不是整数" in shown
        assert pilot.app.screen.query_one("#text", FormInput).value == "焊工"
        assert pilot.app.focused is pilot.app.screen.query_one("#heads")
        await pilot.press(*"5", "ctrl+s")
        await settle(pilot)
    assert total(stocked) == before + 1


async def test_an_unclear_firm_is_asked_about(stocked: Store) -> None:
    before = total(stocked)
    async with running(stocked) as pilot:
        await pilot.press("f2", *"深圳", "tab", *"焊工", "tab", "5", "ctrl+s")
        await settle(pilot)
        assert "several firms fit" in frame(pilot)
    assert total(stocked) == before


async def test_a_busy_store_is_told_and_the_form_keeps_everything(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object, **_kwargs: object) -> None:
        raise StoreBusyError

    monkeypatch.setattr("tui.screens.needs.records.register", busy)
    async with running(stocked) as pilot:
        await pilot.press("f2", *"E001", "tab", *"焊工", "tab", "5", "ctrl+s")
        await settle(pilot)
        assert "store is busy" in frame(pilot)
        assert pilot.app.screen.query_one("#text", FormInput).value == "焊工"


async def test_a_late_answer_to_old_words_is_never_shown(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Event()
    real = needs.check

    def hold_the_old_words(
        session: Session, enterprise: str, text: str, *, by: Actor, today: date
    ) -> needs.LiveCheck:
        if text == "焊工":
            late.wait(timeout=5)
        return real(session, enterprise, text, by=by, today=today)

    monkeypatch.setattr("tui.screens.registering.needs.check", hold_the_old_words)
    async with running(stocked) as pilot:
        await pilot.press("f2", "tab", *"焊工")
        await pilot.pause(TYPING_PAUSE * 2)
        await pilot.press("backspace", "backspace", *"车工")
        await pilot.pause(TYPING_PAUSE * 2)
        late.set()
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, NeedsScreen)
        assert screen.choices.items[0].title == "车工"


async def test_pasted_lines_and_long_pastes_lose_nothing_silently(stocked: Store) -> None:
    from textual import events

    async with running(stocked) as pilot:
        await pilot.press("f2", "tab")
        field = pilot.app.screen.query_one("#text", FormInput)
        field.post_message(events.Paste("招焊工 5个\t晚上\n"))
        await settle(pilot)
        assert field.value == "招焊工 5个 晚上"
        field.post_message(events.Paste("长" * 600))
        await settle(pilot)
        assert len(field.value) == 500
        assert "characters were left out" in frame(pilot)


async def test_markup_and_escapes_in_stored_text_are_only_text(stocked: Store) -> None:
    firm = stocked.write(
        records.register, EnterpriseDraft(name="[@click=app.quit]点我[/] [/] [red]红"), by=OPERATOR
    )
    draft = NeedDraft.model_validate(
        {
            "enterprise": firm.code,
            "text": "焊工 [/] [link=x]y",
            "heads": 1,
            "earliest": "2026-12-01",
        }
    )
    stocked.write(records.register, draft, by=OPERATOR)
    async with running(stocked, size=(120, 40)) as pilot:
        shown = frame(pilot)
        assert "[link=x]y" in shown
        assert "[@click=app" in shown
        await pilot.press("3")
        await settle(pilot)
        assert "[link=x]y" in frame(pilot)


async def test_edit_and_withdraw_by_keys(stocked: Store) -> None:
    code = newest(stocked).code
    async with running(stocked) as pilot:
        await pilot.press("e")
        await settle(pilot)
        heads = pilot.app.screen.query_one("#heads", FormInput)
        heads.focus()
        heads.value = "7"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert stocked.read(records.fetch, "need", code, by=OPERATOR).heads == 7
        await pilot.press("x")
        await settle(pilot)
        assert stocked.read(records.fetch, "need", code, by=OPERATOR).status == "withdrawn"
        await pilot.press("u")
        await settle(pilot)
        assert stocked.read(records.fetch, "need", code, by=OPERATOR).status == "open"
        await pilot.press("x")
        await settle(pilot)
    assert stocked.read(records.fetch, "need", code, by=OPERATOR).status == "withdrawn"


async def test_an_institution_sees_needs_but_may_not_register(stocked: Store) -> None:
    school = Actor("heling", "何玲", Role.INSTITUTION, "T01")
    async with running(stocked, by=school) as pilot:
        assert records.MASKED in frame(pilot)
        assert "锦荷园" not in frame(pilot)
        await pilot.press("f2", "e", "x")
        await settle(pilot)
        assert "F2" not in frame(pilot)
        assert not pilot.app.screen.query_one("#form").region
        assert isinstance(pilot.app.screen, NeedsScreen)
    with pytest.raises(NotAllowedError):
        stocked.write(undoing.withdraw_many, "need", ("N000080",), by=school)


async def test_the_last_need_can_be_repeated(stocked: Store) -> None:
    before = newest(stocked)
    async with running(stocked) as pilot:
        await pilot.press("f3")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
    after = newest(stocked)
    assert after.code != before.code
    assert (after.text, after.enterprise) == (before.text, before.enterprise)


async def test_keys_can_be_bound_anew(stocked: Store) -> None:
    async with running(stocked, keys={"needs.register": "f4"}) as pilot:
        await pilot.press("f4")
        assert pilot.app.focused is pilot.app.screen.query_one("#enterprise")


async def test_a_small_window_says_what_it_needs_and_comes_back(stocked: Store) -> None:
    async with running(stocked, size=(60, 20)) as pilot:
        assert "at least 80x24" in frame(pilot)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "Needs 81" in frame(pilot)


async def test_help_explains_the_focused_field(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2", "f1")
        await settle(pilot)
        assert "pinyin initials of the firm" in frame(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, NeedsScreen)


async def paste(pilot: Pilot[None], text: str) -> None:
    """A paste into the focused field, and what the desk makes of it."""
    field = pilot.app.screen.focused
    assert field is not None
    field.post_message(events.Paste(text))
    await pilot.pause(TYPING_PAUSE * 2)
    await settle(pilot)


def values(pilot: Pilot[None]) -> dict[str, str]:
    return {field.field: field.value for field in pilot.app.screen.query(FormInput)}


async def test_a_pasted_sentence_fills_the_form_and_marks_what_was_read(stocked: Store) -> None:
    said = (
        "锐坪精密8个师傅考数控车工四级，晚上和周末，预算2500以内，横岗附近10公里，"
        "年前拿证，可以分两批，送教上门，实操不少于40课时"
    )
    async with running(stocked, "zh") as pilot:
        await pilot.press("f2", "tab")
        await paste(pilot, said)
        assert values(pilot) == {
            "enterprise": "E001", "text": said, "heads": "8", "level": "四级", "certificate": "1",
            "earliest": "2026-11-21", "latest": "2027-02-05",
            "weekly": "周一-周五 18:30-21:30；周六,周日 全天", "area": "横岗街道",
            "max_travel_km": "10", "budget": "2500", "min_practice_hours": "40",
            "mode": "送教上门", "can_split": "1",
        }  # fmt: skip
        assert "人数‹" in frame(pilot)
        assert "最早‹" not in frame(pilot)
        await pilot.press("tab", *"9", "ctrl+s")
        await settle(pilot)
    view = newest(stocked)
    assert (view.enterprise, view.heads, view.mode, view.can_split) == ("E001", 9, "firm", True)


async def test_a_sentence_of_two_trades_becomes_two_lines(stocked: Store) -> None:
    async with running(stocked, size=(120, 40)) as pilot:
        await pilot.press("f2", "tab")
        await paste(pilot, "锐坪精密车工3人、电工5人，12月20日前")
        await pilot.press("ctrl+s")
        await settle(pilot)
        shown = frame(pilot)
        assert "锐坪精密车工3人" in shown
        assert "电工5人" in shown
        before = stocked.read(records.page, "need", by=OPERATOR).total
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert stocked.read(records.page, "need", by=OPERATOR).total == before + 2
        assert values(pilot)["text"] == ""


async def test_what_a_person_wrote_is_not_overwritten_and_what_is_no_longer_said_goes(
    stocked: Store,
) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2", "tab", "tab", *"3", "shift+tab")
        await paste(pilot, "焊工8个人，预算2500")
        assert (values(pilot)["heads"], values(pilot)["budget"]) == ("3", "2500")
        await pilot.press(*["tab"] * 9, "ctrl+u", *["shift+tab"] * 9, "end")
        await paste(pilot, "，横岗")
        assert (values(pilot)["budget"], values(pilot)["area"]) == ("", "横岗街道")
        await pilot.press("home", "shift+end", "delete")
        await paste(pilot, "焊工")
        assert values(pilot)["area"] == ""
        assert (values(pilot)["heads"], values(pilot)["budget"]) == ("3", "")


async def test_what_was_read_does_not_stay_for_the_next_record(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2", *"E001", "tab")
        await paste(pilot, "焊工8个人，下个月，坂田这边")
        assert values(pilot)["earliest"] == "2026-12-01"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert (values(pilot)["earliest"], values(pilot)["area"]) == ("2026-11-21", "")
    assert newest(stocked).area == "440307013"


async def test_what_was_just_saved_is_matched_before_the_list_has_it(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, page = Event(), records.page

    def hold_the_list(session: Session, kind: str, **more: Any) -> Any:
        late.wait(timeout=5)
        return page(session, kind, **more)

    async with running(stocked) as pilot:
        for key in ("f2", *"rpjm", "tab", *"数控车工", "tab", "5"):
            await pilot.press(key)
        await settle(pilot)
        monkeypatch.setattr(records, "page", hold_the_list)
        await pilot.press("ctrl+s")
        for _ in range(100):
            await pilot.pause(0.05)
            if "N000081 saved" in frame(pilot):
                break
        assert pilot.app.screen.need_code == "N000081"  # type: ignore[attr-defined]
        late.set()
        await settle(pilot)
        assert pilot.app.screen.needs.code == "N000081"  # type: ignore[attr-defined]
