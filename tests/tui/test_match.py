"""Match review and offerings, driven by keys."""

from __future__ import annotations

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.services import decisions, learning, profiles, records
from tests.tui.driving import frame, running, settle
from tui.screens.match import MatchScreen
from tui.widgets.form_input import FormInput


async def test_the_chosen_need_is_ranked_and_explained(stocked: Store) -> None:
    async with running(stocked, size=(120, 40)) as pilot:
        await pilot.press("end", "up")
        await pilot.press("f6")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MatchScreen)
        assert screen.need_code == "N000001"
        shown = frame(pilot)
        assert "数控车工（三级）高级工班" in shown
        assert "Trade" in shown
        first = screen.bundles.bundle
        assert first is not None
        assert f"Why {100 * first.score:.0f} points" in shown
        await pilot.press("s")
        assert "practice" in frame(pilot)
        await pilot.press("x")
        assert "other level" in frame(pilot)
        await pilot.press("x", "down")
        await settle(pilot)
        second = screen.bundles.bundle
        assert second is not None
        assert second.score < first.score
        assert f"Why {100 * second.score:.0f} points" in frame(pilot)


async def test_needs_are_walked_through_and_back(stocked: Store) -> None:
    async with running(stocked, "zh") as pilot:
        await pilot.press("3")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MatchScreen)
        assert screen.need_code == "N000080"
        assert "没有可行" in frame(pilot) or "淘汰" in frame(pilot)
        await pilot.press("f8")
        await settle(pilot)
        assert screen.need_code == "N000001"
        await pilot.press("f7")
        await settle(pilot)
        assert screen.need_code == "N000080"
        await pilot.press("escape")
        await settle(pilot)
        assert "快速登记" in frame(pilot)


async def test_offerings_of_an_institution_are_listed_and_edited(stocked: Store) -> None:
    async with running(stocked, size=(120, 40)) as pilot:
        await pilot.press("4")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "C001" in frame(pilot)
        await pilot.press("e")
        await settle(pilot)
        price = pilot.app.screen.query_one("#price", FormInput)
        price.value = "免费"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "not an amount" in frame(pilot)
        price.value = "1700"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert stocked.read(records.fetch, "course", "C001", by=OPERATOR).price == 1700
        await pilot.press("right")
        await settle(pilot)
        assert "R001" in frame(pilot)
        await pilot.press("right")
        await settle(pilot)
        assert "梁国铮" in frame(pilot)


async def test_a_new_course_is_added_for_the_institution(stocked: Store) -> None:
    before = stocked.read(records.page, "course", by=OPERATOR, limit=1).total
    async with running(stocked) as pilot:
        await pilot.press("4")
        await settle(pilot)
        await pilot.press("f2")
        await settle(pilot)
        pilot.app.screen.query_one("#title", FormInput).value = "焊工（五级）新班"
        await pilot.press("ctrl+s")
        await settle(pilot)
    page = stocked.read(records.page, "course", by=OPERATOR, newest_first=True, limit=1)
    assert page.total == before + 1
    assert page.items[0].institution == "T01"
    assert page.items[0].occupations[0].code == "6-18-02-04"


async def test_weights_move_the_order_are_kept_and_used(stocked: Store) -> None:
    async with running(stocked, size=(120, 40)) as pilot:
        await pilot.press("3", "f8")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MatchScreen)
        before = screen.bundles.bundle
        await pilot.press("w")
        await settle(pilot)
        for _ in range(3):
            await pilot.press("pagedown")  # the trade counts for nothing
        await pilot.press(*["down"] * 5, *["pageup"] * 9)  # the price for nearly all
        await settle(pilot)
        shown = frame(pilot)
        assert "what-if" in shown
        assert "▲" in shown
        await pilot.press("s", *"cheap", "enter")
        await settle(pilot)
        assert "Kept: cheap, version 1" in frame(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "Weights C-BL/cheap v1" in frame(pilot)
        after = screen.bundles.bundle
        assert before is not None
        assert after is not None
        assert after.explanation.reasons[5].weight > 0.5
    kept = stocked.read(profiles.profiles, by=OPERATOR)
    assert "cheap" in {profile.name for profile in kept}


async def test_a_choice_leaves_a_receipt_that_is_shown_with_its_replay(stocked: Store) -> None:
    async with running(stocked, size=(120, 40)) as pilot:
        await pilot.press("3", "f8")
        await settle(pilot)
        await pilot.press("down", "c", "enter")
        await settle(pilot)
        assert "not the first" in frame(pilot)
        await pilot.press(*"near", "enter")
        await settle(pilot)
        assert "chosen, with a receipt" in frame(pilot)
        await pilot.press("d")
        await settle(pilot)
        assert "the same ranking, point by point" in frame(pilot)
    (made,) = stocked.read(decisions.decisions, "N000001", by=OPERATOR)
    assert (made.need, made.reason, made.course) == ("N000001", "near", made.seen[1].course)


async def test_why_not_shows_what_would_open_more_and_goes_back(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("3", "f8", "y")
        await settle(pilot)
        assert "opens" in frame(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert "opens" not in frame(pilot)


async def test_confirmed_words_are_listed_and_taken_back(stocked: Store) -> None:
    stocked.write(learning.confirm, "护理", "4-10-01-05", by=OPERATOR)
    async with running(stocked, "zh") as pilot:
        await pilot.press("a")
        await settle(pilot)
        assert "养老护理员" in frame(pilot)
        await pilot.press("x")
        await settle(pilot)
        assert "不再指养老护理员" in frame(pilot)
    assert stocked.read(learning.confirmations, by=OPERATOR) == ()


async def test_everything_is_found_while_typing_and_opened(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("slash", *"N000017")
        await settle(pilot)
        assert "N000017" in frame(pilot)
        await pilot.press("enter")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MatchScreen)
        assert screen.need_code == "N000017"
        await pilot.press("slash", *"hldj", "backspace", "backspace", "backspace", "backspace")
        await pilot.press(*"shukongchegong")
        await settle(pilot)
        assert "数控车工" in frame(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen is screen


async def test_an_institution_finds_its_own_and_no_firms(stocked: Store) -> None:
    school = Actor("heling", "何玲", Role.INSTITUTION, "T01")
    async with running(stocked, by=school) as pilot:
        await pilot.press("slash", *"rpjm")
        await settle(pilot)
        assert "锐坪" not in frame(pilot)
