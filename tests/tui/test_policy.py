"""Screen G as an operator and a supervisor use it."""

from __future__ import annotations

from seed.demo import _SUPERVISOR, OPERATOR
from store import Store
from store.services import claims, policies
from tests.tui.driving import frame, press, running, settle
from tui.screens.policy_forms import ClaimDialog, RuleDialog
from tui.screens.record import ReasonDialog
from tui.widgets.form_input import FormInput


async def test_an_operator_asks_and_claims(stocked: Store) -> None:
    async with running(stocked, size=(120, 40)) as pilot:
        await press(pilot, "G", "e")  # there is nothing to change for an operator
        assert "LG-JN/1" in frame(pilot)
        await press(pilot, "a")
        pilot.app.screen.query_one(
            "#reason", FormInput
        ).value = "n000016 class.occupation=6-18-01-01"
        await press(pilot, "enter")
        shown = frame(pilot)
        assert "✓ training subsidy ¥1,200  allowed  第三条" in shown
        assert "? living allowance  unknown" in shown
        await press(pilot, "a")
        pilot.app.screen.query_one("#reason", FormInput).value = "n000016 moon=1"
        await press(pilot, "enter")
        assert "There is no fact “moon”" in frame(pilot)
        await press(pilot, "v", "n")
        dialog = pilot.app.screen
        assert isinstance(dialog, ClaimDialog)
        for name, value in (
            ("person", "h000005"),
            ("enterprise", "e001"),
            ("institution", "t01"),
            ("day", "2026-10-12"),
            ("occupation", "6-31-01-03"),
            ("level", "四级"),
            ("certificate_day", "2026-11-02"),
            ("papers", "certificate, roster, invoice, bank_account"),
        ):
            dialog.query_one(f"#{name}", FormInput).value = value
        await press(pilot, "ctrl+s")
        assert "✓ Saved: SQ000004." in frame(pilot)
        await press(pilot, "i")
        assert "handed in" in frame(pilot)
        await press(pilot, "v")
        assert "front line: 51.2 %" in frame(pilot)
    by = _SUPERVISOR
    assert stocked.read(claims.shown, "SQ000004", by=by).status == "submitted"


async def test_a_class_is_claimed_for_and_taken_back_together(stocked: Store) -> None:
    async with running(stocked, size=(120, 40)) as pilot:
        await press(pilot, "G", "v", "c")
        reason = pilot.app.screen.query_one("#reason", FormInput)
        reason.value = "B000000 LG-JN"
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ReasonDialog)  # a word is missing
        reason.value = "b000000 lg-jn t1 certificate,roster,invoice,bank_account"
        await press(pilot, "enter")
        made = stocked.read(claims.listed, by=OPERATOR)[:2]
        assert all(one.training_class == "B000000" for one in made)
        assert f"✓ {len(_of_class(stocked))} claims" in frame(pilot)
        await press(pilot, "o")
        assert f"{made[0].code}.xlsx" in frame(pilot)
        await press(pilot, *["space"] * len(_of_class(stocked)), "i")
        assert "was to be handed in by 2026-11-07" in frame(pilot)  # all, or none
        assert {one.status for one in _of_class(stocked)} == {"draft"}
        await press(pilot, "home", *["space"] * len(_of_class(stocked)), "x")
        assert {one.status for one in _of_class(stocked)} == {"withdrawn"}


def _of_class(store: Store) -> list[claims.ClaimView]:
    return [
        one for one in store.read(claims.listed, by=OPERATOR) if one.training_class == "B000000"
    ]


async def test_a_supervisor_mends_a_contradiction_and_publishes(stocked: Store) -> None:
    async with running(stocked, size=(120, 40), by=_SUPERVISOR) as pilot:
        await press(pilot, "G", *("down",) * 5)
        assert "T2, T5 contradict each other: ¥200 or ¥300" in frame(pilot)
        await press(pilot, "p")
        assert "cannot be published" in frame(pilot)
        await press(pilot, "end", "e")
        dialog = pilot.app.screen
        assert isinstance(dialog, RuleDialog)
        dialog.query_one("#when", FormInput).value = "class.level ist 三级"
        await press(pilot, "ctrl+s")
        assert "is no condition" in frame(pilot)
        dialog.query_one(
            "#when", FormInput
        ).value = "class.level = 三级 and not class.certificate = yes"
        await press(pilot, "ctrl+s")
        assert "✓ Saved: LG-JN/2." in frame(pilot)
        await press(pilot, "p")
        assert "LG-JN is published." in frame(pilot)
        await press(pilot, "v", "down", "d")
        pilot.app.screen.query_one("#reason", FormInput).value = "材料不实"
        await press(pilot, "enter")
        await settle(pilot)
        assert "Reason: 材料不实" in frame(pilot)
    assert stocked.read(policies.shown, "LG-JN", by=_SUPERVISOR).status == "published"
    assert stocked.read(claims.shown, "SQ000002", by=_SUPERVISOR).status == "refused"
