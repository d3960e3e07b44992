"""Use of money in bulletins, on both databases: the sums, and nothing that gives few people away."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from seed.demo import _COLLEAGUE, _SUPERVISOR, OPERATOR
from store import Store
from store.schemas.actor import Actor
from store.schemas.policy import ClaimDraft
from store.schemas.publication import BulletinDraft, Figures, Mark, Snapshot, Withheld
from store.schemas.trainee import TraineeDraft
from store.services import bulletins, claims, trainees
from tui.bulletins import documents

IN_DECEMBER = datetime(2026, 12, 9, 3, tzinfo=UTC)
LATER = datetime(2027, 1, 5, 3, tzinfo=UTC)
FIRMS = ("E001", "E002", "E003", "E004")


def people(number: int) -> range:
    """Numbers of people that nobody else has."""
    return range(number, number + 8)


def claimed(
    store: Store, rule: str, persons: range, by: Actor, firms: tuple[str, ...] = FIRMS
) -> list[str]:
    """Claims of some people of these firms, handed in in December."""

    def make(session: Session) -> list[str]:
        codes = []
        for at in persons:
            file = TraineeDraft.model_validate({"name": f"学员{at}"})
            person = trainees.register(session, file, by=by).code
            draft = ClaimDraft.model_validate(
                {
                    "person": person, "enterprise": firms[at % len(firms)], "institution": "T01",
                    "policy": "LG-JN", "rule": rule, "day": "2026-10-12", "occupation": "6-31-01-03",
                    "level": "四级", "certificate_day": "2026-11-02",
                    "papers": "certificate, roster, invoice, bank_account",
                }
            )  # fmt: skip
            code = claims.claim(session, draft, by=by).code
            claims.submit(session, code, by=by, now=IN_DECEMBER)
            codes.append(code)
        return codes

    return store.write(make)


def decided(store: Store, act: str, codes: list[str], now: datetime = IN_DECEMBER) -> None:
    for code in codes:
        store.write(claims.decide, code, act, by=_SUPERVISOR, now=now)


def figures(store: Store, month: int = 12, today: date = date(2026, 12, 30)) -> Snapshot:
    first = date(2026 if month == 12 else 2027, month, 1)
    draft = BulletinDraft.model_validate(
        {"kind": "monthly", "first": first, "last": first.replace(day=31)}
    )
    return store.read(bulletins.figure_out, draft, by=_SUPERVISOR, today=today)


def by_first(table: Figures, column: str) -> dict[Any, tuple[Any, ...]]:
    at = table.columns.index(column)
    numbers = table.columns.index("people")
    return {row[at]: row[numbers:] for row in table.rows}


def test_sums_are_those_of_the_claims_that_moved_in_the_period(store: Store) -> None:
    codes = claimed(store, "T1", people(777_000), OPERATOR)
    decided(store, "approve", codes[:6])
    decided(store, "pay", codes[:5], LATER)
    claimed(store, "T2", people(888_000), _COLLEAGUE)
    made = figures(store)
    told = by_first(made.table("spent"), "clause")
    one = store.read(claims.shown, codes[0], by=OPERATOR).amount_fen // 100
    assert told["第三条"] == (8, 8, 8 * one, 6, 6 * one, 0, 0)
    assert told["第四条"] == (8, 8, 1600, 0, 0, 0, 0)
    whole = made.table("spent").total
    assert whole is not None
    assert whole[3:] == (None, 16, 8 * one + 1600, 6, 6 * one, 0, 0)
    centres = by_first(made.table("spent_by_centre"), "centre")
    assert sorted(cells[1] for cells in centres.values()) == [8, 8]
    assert made.table("spent_by_centre").total == (None, *whole[3:])
    paid = by_first(figures(store, 1, date(2027, 1, 20)).table("spent"), "clause")
    assert paid["第三条"] == (5, 0, 0, 0, 0, 5, 5 * one)


def test_few_people_few_firms_and_what_would_tell_of_them_are_held_back(store: Store) -> None:
    """Of two clauses one is of four people: it is held back, with every sum that it could be taken out of."""
    many = claimed(store, "T1", people(777_000), OPERATOR)
    claimed(store, "T2", range(888_000, 888_004), OPERATOR)
    claimed(store, "T1", people(779_000), _COLLEAGUE)
    made = figures(store)
    told = by_first(made.table("spent"), "clause")
    assert told["第三条"][1] == 16
    assert set(told["第四条"]) == {Withheld(Mark.FEW)}
    whole = made.table("spent").total
    assert whole is not None
    assert set(whole[4:]) == {Withheld(Mark.HELD)}
    centres = by_first(made.table("spent_by_centre"), "centre")
    shown = [cells for cells in centres.values() if not isinstance(cells[0], Withheld)]
    assert [cells[1] for cells in shown] == [8]  # the centre that has nothing of the fourth clause
    decided(store, "approve", many[:3])
    assert set(by_first(figures(store).table("spent"), "clause")["第三条"]) == {Withheld(Mark.HELD)}
    claimed(store, "T2", people(999_000), _COLLEAGUE, FIRMS[:2])
    assert not any(
        isinstance(cell, int)
        for cell in by_first(figures(store).table("spent"), "clause")["第三条"]
    )


def test_one_small_centre_cannot_be_worked_out_from_the_clauses(store: Store) -> None:
    """The clause is told, one of two centres is small: then the other is not told either."""
    claimed(store, "T1", people(777_000), OPERATOR)
    claimed(store, "T1", range(779_000, 779_003), _COLLEAGUE)
    made = figures(store)
    assert by_first(made.table("spent"), "clause")["第三条"][1] == 11
    centres = by_first(made.table("spent_by_centre"), "centre")
    assert len(centres) == 2
    assert all(set(cells) == {Withheld(Mark.HELD)} for cells in centres.values())


def test_neither_person_nor_firm_nor_claim_is_named(store: Store) -> None:
    (code, *_) = claimed(store, "T1", people(777_000), OPERATOR)
    month = {"kind": "monthly", "first": date(2026, 12, 1), "last": date(2026, 12, 31)}
    draft = BulletinDraft.model_validate(month)
    made = store.write(bulletins.make, draft, by=_SUPERVISOR, today=date(2026, 12, 30))
    firm = store.read(claims.shown, code, by=OPERATOR)
    (page,) = documents.documents(made, "html", "zh").values()
    drawn = page.decode()
    assert "第三条" in drawn
    for word in (firm.person, firm.enterprise_name, code):
        assert word not in drawn
        assert word not in made.snapshot.text()


def test_nothing_moved_gives_no_row(stocked: Store) -> None:
    assert figures(stocked).table("spent").rows == ()
