"""Yearly plans out of tables: headings recognised, names read as codes, every wrong cell told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import ValidationError
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.errors import DuijieError, InvalidError, RefusedFileError
from store.models import OrganisationRow
from store.schemas.actor import Actor
from store.schemas.early import PlanDraft, PlanView
from store.services import naming, training_plans
from store.services.rights import Act, require
from store.services.row_reading import Problem

HEADINGS: Mapping[str, str] = {
    "企业": "enterprise",
    "年份": "year",
    "季度": "quarter",
    "职业": "occupation",
    "级别": "level",
    "人数": "heads",
    "项目类型": "programme",
    "月数": "months",
    "需求类型": "type",
    "备注": "note",
    "人群": "category",
}
_NEEDED = ("enterprise", "year", "quarter", "occupation", "heads")
_WORDS: Mapping[str, str] = {
    "短期": "short",
    "学徒制": "apprenticeship",
    "项目制": "project",
    "岗前": "pre_post",
    "在岗": "on_post",
    "转岗": "transfer",
    "订单": "order",
    "定向": "directed",
    "在岗职工": "employed",
    "失业人员": "unemployed",
    "农村劳动力": "rural",
    "脱贫劳动力": "lifted_from_poverty",
    "残疾人": "disabled",
    "退役军人": "veteran",
    "毕业生": "graduate",
    "高校毕业生": "graduate",
    "拘留人员": "detained",
    "戒毒人员": "rehabilitation",
    "其他": "other",
    "第一季度": "1",
    "第二季度": "2",
    "第三季度": "3",
    "第四季度": "4",
}
_MOST_ROWS = 5000


def take(
    session: Session,
    headings: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    by: Actor,
) -> tuple[PlanView, ...]:
    """Lines of a table into plans, all or none; RefusedFileError tells every wrong cell."""
    require(by, Act.REGISTER, training_plans.KIND, by.organisation)
    columns = [HEADINGS.get(one.strip(), one.strip()) for one in headings]
    known = (*HEADINGS.values(),)
    lacking = [one for one in _NEEDED if one not in columns]
    strange = [one for one in columns if one and one not in known]
    if lacking or strange:
        said = ", ".join((*lacking, *strange))
        raise InvalidError("plan_columns", lacking=said, known=", ".join(HEADINGS))
    problems: list[Problem] = []
    drafts: list[tuple[int, PlanDraft]] = []
    for number, cells in rows:
        named = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
        if not any(named.values()):
            continue
        if len(drafts) >= _MOST_ROWS:
            raise InvalidError("too_many_rows", most=_MOST_ROWS)
        draft = _draft(session, number, named, problems)
        if draft is not None:
            drafts.append((number, draft))
    if problems:
        raise RefusedFileError(problems)
    return _add(session, drafts, by)


def _add(
    session: Session, drafts: Sequence[tuple[int, PlanDraft]], by: Actor
) -> tuple[PlanView, ...]:
    """One line after the other, so that what is there already is told with its row."""
    made: list[PlanView] = []
    for number, draft in drafts:
        try:
            made += training_plans.add(session, [draft], by=by)
        except DuijieError as error:
            problem = Problem(number, "occupation", draft.occupation, error.code, error.params)
            raise RefusedFileError([problem]) from error
    return tuple(made)


def _draft(
    session: Session, number: int, named: Mapping[str, str], problems: list[Problem]
) -> PlanDraft | None:
    values = {name: _WORDS.get(text, text) for name, text in named.items() if name}
    values["quarter"] = values.get("quarter", "").upper().removeprefix("Q")
    before = len(problems)
    for column, read in (("enterprise", _firm), ("occupation", naming.sure_meaning)):
        text = values.get(column, "")
        code = read(session, text)
        if text and code is None:
            problems.append(Problem(number, column, text[:60], "name_unknown", {"nearest": ""}))
        values[column] = code or text
    try:
        draft = PlanDraft.model_validate(values)
    except ValidationError as error:
        for detail in error.errors():
            column = str(detail["loc"][0]) if detail["loc"] else "months"
            params = {k: v for k, v in detail.get("ctx", {}).items() if k != "error"}
            told = named.get(column, "")[:60]
            if not any((p.row, p.column) == (number, column) for p in problems[before:]):
                problems.append(Problem(number, column, told, detail["type"], params))
        return None
    return draft if len(problems) == before else None


def _firm(session: Session, text: str) -> str | None:
    """A firm by its code, name or short name, where one alone has it."""
    row = OrganisationRow
    query = select(row.code).where(
        row.kind == "enterprise",
        row.status != "withdrawn",
        or_(row.code == text.upper(), row.name == text, row.short_name == text),
    )
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None
