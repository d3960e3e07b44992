"""Vacancies: needs that train for them, people referred to them, how many heads are found; both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from seed.demo import _COLLEAGUE, _SUPERVISOR, OPERATOR
from store import Store
from store.errors import DuijieError, NotAllowedError
from store.models import NeedRow, ReferralRow, TraineeRow
from store.schemas.actor import Actor, Role
from store.schemas.support import EndorsementDraft
from store.schemas.trainee import OutcomeDraft
from store.schemas.vacancy import AnswerDraft, Vacancy, VacancyDraft
from store.services import (
    audit,
    endorsements,
    outcomes,
    retention,
    search,
    story,
    trainee_files,
    trainee_merges,
    vacancies,
)
from tests.conftest import DAY

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
NEED = "N000058"  # pre_post, of E055


def refused(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(DuijieError) as found:
        call()
    assert found.value.code == code, found.value


def add(store: Store, by: Actor = OPERATOR, **cells: object) -> Vacancy:
    said = {"enterprise": "E055", "title": "数控车工", "heads": 2, "until": "2026-12-31", **cells}
    return store.write(vacancies.register, VacancyDraft.model_validate(said), by=by, now=NOW)


def test_a_vacancy_is_changed_found_withdrawn_and_taken_back(store: Store) -> None:
    made = add(store)
    by: dict[str, Any] = {"by": OPERATOR, "now": NOW}
    said = {"enterprise": "E055", "title": "激光切割工", "heads": 3, "until": "2026-12-20"}
    found = store.write(vacancies.edit, made.code, VacancyDraft.model_validate(said), **by)
    assert (found.title, found.heads, str(found.until)) == ("激光切割工", 3, "2026-12-20")
    hits = store.read(search.search, "激光切割", by=OPERATOR, kinds=("vacancy",))
    assert [one.code for one in hits] == [made.code]
    assert not store.read(search.search, "激光切割", by=SCHOOL, kinds=("vacancy",))
    other = VacancyDraft.model_validate({**said, "enterprise": "E059"})
    refused("vacancy_other_firm", lambda: store.write(vacancies.edit, made.code, other, **by))
    store.write(vacancies.refer, made.code, "H000003", **by)
    hired = AnswerDraft(result="hired", day=DAY)
    store.write(vacancies.answer, made.code, "H000003", hired, **by)
    store.write(vacancies.refer, made.code, "H000004", **by)
    store.write(vacancies.answer, made.code, "H000004", hired, **by)
    fewer = VacancyDraft.model_validate({**said, "heads": 1})
    refused("vacancy_filled", lambda: store.write(vacancies.edit, made.code, fewer, **by))
    refused("nothing_to_undo", lambda: store.write(vacancies.reinstate, made.code, **by))
    gone = store.write(vacancies.withdraw, made.code, **by)
    assert {one.trainee for one in gone.referrals} == {"H000003", "H000004"}  # whom it meets
    assert not store.read(search.search, "激光切割", by=OPERATOR, kinds=("vacancy",))
    over: dict[str, Any] = {"by": OPERATOR, "now": NOW + timedelta(days=60)}
    refused("vacancy_past", lambda: store.write(vacancies.reinstate, made.code, **over))
    assert store.write(vacancies.reinstate, made.code, **by).filled == 2
    assert store.read(search.search, "激光切割", by=OPERATOR, kinds=("vacancy",))
    acts = [one.act for one in store.read(audit.entries, "vacancy", made.code)]
    assert {"edit", "withdraw", "reinstate"} <= set(acts)


def test_from_a_vacancy_to_somebody_hired(store: Store) -> None:
    made = add(store)
    assert (made.occupation, made.level, made.filled, made.left) == ("6-18-01-01", None, 0, 2)
    mine = store.read(lambda s: s.get_one(NeedRow, NEED).owner == OPERATOR.organisation)
    by = OPERATOR if mine else _COLLEAGUE
    if not mine:
        made = add(store, by)
    linked = store.write(vacancies.link, made.code, NEED, by=by, now=NOW)
    assert linked.needs == (NEED,)
    steps = store.read(story.of_need, NEED, by=by, today=DAY).steps
    assert [one.code for one in steps if one.step == "vacancy"] == [made.code]
    referral = store.write(vacancies.refer, made.code, "H000003", by=OPERATOR, now=NOW)
    assert (referral.result, referral.name) == ("open", "孙*")
    refused(
        "referral_there",
        lambda: store.write(vacancies.refer, made.code, "H000003", by=OPERATOR, now=NOW),
    )
    hired = AnswerDraft(result="hired", day=DAY)
    store.write(vacancies.answer, made.code, "H000003", hired, by=OPERATOR, now=NOW)
    assert store.read(vacancies.shown, made.code, by=OPERATOR).filled == 1
    # the same person ninety days after is one head, another one who was never referred is the second
    for person in ("H000003", "H000004"):
        draft = OutcomeDraft(kind="new_job", day=DAY, vacancy=made.code)
        told = store.write(outcomes.put, person, draft, by=OPERATOR, now=NOW)
        assert told.vacancy == made.code
    shown = store.read(vacancies.shown, made.code, by=OPERATOR)
    assert (shown.filled, shown.left) == (2, 0)
    assert [one.trainee for one in shown.referrals] == ["H000003"]
    file = store.read(trainee_files.file, "H000003", by=OPERATOR, today=DAY)
    assert [(one.vacancy, one.result) for one in file.referrals] == [(made.code, "hired")]
    again = OutcomeDraft(kind="unemployed", day=DAY)
    store.write(outcomes.put, "H000004", again, by=OPERATOR, now=NOW)
    assert store.read(vacancies.shown, made.code, by=OPERATOR).filled == 1
    acts = [one.act for one in store.read(audit.entries, "vacancy", made.code)]
    assert acts == ["register", "link", "refer", "answer"]
    gone = store.write(vacancies.unlink, NEED, by=by, now=NOW)
    assert gone.needs == ()


def test_what_is_refused(store: Store) -> None:
    made = add(store)
    refused("vacancy_past", lambda: add(store, until="2026-11-20"))
    refused("not_found", lambda: add(store, enterprise="T01"))
    refused("not_found", lambda: add(store, occupation="9-99-99-99"))
    own = store.read(
        lambda s: s.scalars(
            select(NeedRow.code)
            .where(NeedRow.owner == OPERATOR.organisation, NeedRow.type == "pre_post")
            .where(NeedRow.enterprise != "E055")
        ).first()
    )
    assert own is not None
    refused(
        "vacancy_firm", lambda: store.write(vacancies.link, made.code, own, by=OPERATOR, now=NOW)
    )
    on_post = add(store, enterprise="E001")
    refused(
        "vacancy_need_type",
        lambda: store.write(vacancies.link, on_post.code, "N000001", by=OPERATOR, now=NOW),
    )
    uncertified = store.read(
        lambda s: s.scalars(
            select(TraineeRow.code)
            .where(TraineeRow.owner == "C-BL")
            .order_by(TraineeRow.code.desc())
        ).first()
    )
    assert uncertified is not None
    refused(
        "referral_certificate",
        lambda: store.write(vacancies.refer, made.code, uncertified, by=OPERATOR, now=NOW),
    )
    refused(
        "vacancy_outcome",
        lambda: store.write(
            outcomes.put,
            "H000003",
            OutcomeDraft(kind="promoted", day=DAY, vacancy=made.code),
            by=OPERATOR,
            now=NOW,
        ),
    )
    late = NOW + timedelta(days=60)
    refused(
        "vacancy_over",
        lambda: store.write(vacancies.refer, made.code, "H000003", by=OPERATOR, now=late),
    )
    store.write(vacancies.refer, made.code, "H000003", by=OPERATOR, now=NOW)
    early = AnswerDraft(result="hired", day=date(2026, 11, 1))
    refused(
        "referral_day",
        lambda: store.write(vacancies.answer, made.code, "H000003", early, by=OPERATOR, now=NOW),
    )
    store.write(vacancies.withdraw, made.code, by=OPERATOR, now=NOW)
    refused(
        "vacancy_over",
        lambda: store.write(vacancies.refer, made.code, "H000004", by=OPERATOR, now=NOW),
    )
    assert made.code not in {one.code for one in store.read(vacancies.listed, by=OPERATOR)}


def test_whose_they_are(store: Store) -> None:
    made = add(store)
    for by in (_COLLEAGUE, _SUPERVISOR, SCHOOL):
        with pytest.raises(NotAllowedError):
            store.write(vacancies.withdraw, made.code, by=by, now=NOW)
    with pytest.raises(NotAllowedError):
        store.read(vacancies.shown, made.code, by=SCHOOL)
    store.write(vacancies.refer, made.code, "H000003", by=OPERATOR, now=NOW)
    assert store.read(vacancies.shown, made.code, by=_COLLEAGUE).referrals == ()
    assert len(store.read(vacancies.shown, made.code, by=_SUPERVISOR).referrals) == 1
    with pytest.raises(NotAllowedError):  # a colleague may refer people of their own only
        store.write(vacancies.refer, made.code, "H000004", by=_COLLEAGUE, now=NOW)
    with pytest.raises(NotAllowedError):
        add(store, by=_SUPERVISOR)


def test_merged_files_are_one_head_and_forgotten_ones_leave_no_words(store: Store) -> None:
    made = add(store)
    for person in ("H000003", "H000004"):
        store.write(vacancies.refer, made.code, person, by=OPERATOR, now=NOW)
        said = AnswerDraft(result="hired", day=DAY, note="孙某说的话")
        store.write(vacancies.answer, made.code, person, said, by=OPERATOR, now=NOW)
    assert store.read(vacancies.shown, made.code, by=OPERATOR).filled == 2
    store.write(trainee_merges.merge, "H000004", "H000003", by=OPERATOR, reason="录重")
    assert store.read(vacancies.shown, made.code, by=OPERATOR).filled == 1
    later = DAY + timedelta(days=3600)
    done = store.write(retention.apply, by=OPERATOR, today=later)
    assert {"H000003", "H000004"} <= set(done)
    notes = store.read(lambda s: s.scalars(select(ReferralRow.note)).all())
    assert not any(notes)


def test_a_need_is_endorsed_once_by_an_association_of_ones_own(store: Store) -> None:
    draft = EndorsementDraft(association="XZ000001", note="缺人")
    with pytest.raises(NotAllowedError):  # the bureau's
        store.write(endorsements.endorse, NEED, draft, by=OPERATOR, now=NOW)
    found = store.write(endorsements.endorse, NEED, draft, by=_SUPERVISOR, now=NOW)
    assert ("XZ000001", "缺人") in [(one.association, one.note) for one in found]
    refused(
        "endorsed_already",
        lambda: store.write(endorsements.endorse, NEED, draft, by=_SUPERVISOR, now=NOW),
    )
    steps = store.read(story.of_need, NEED, by=SCHOOL, today=DAY).steps
    assert "XZ000001" in [one.code for one in steps if one.step == "endorsement"]
    left = store.write(endorsements.take_back, NEED, "XZ000001", by=_SUPERVISOR, now=NOW)
    assert "XZ000001" not in [one.association for one in left]
    acts = [one.act for one in store.read(audit.entries, "association", "XZ000001")]
    assert acts[-2:] == ["endorse", "unendorse"]
