"""Forms for a rule set, a rule of it, a claim, and a firm's year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import Field

from store.schemas.policy import ClaimDraft, FundDraft, RuleDraft, SetDraft
from store.schemas.records import Draft
from store.services import claims, funds, policies
from store.services.claims import ClaimView
from store.services.filing import Column
from store.services.funds import FundView
from store.services.policies import Edition
from tui.gateway import Gateway
from tui.i18n import _
from tui.policy_cells import rule_cells, set_cells
from tui.policy_words import SUBJECTS, SUBSIDIES
from tui.screens.form import FormDialog


class _EditionDialog(FormDialog):
    """Part of a draft edition; answers with the edition as it is stored."""

    DRAFT: type[Draft]
    LONGEST = 1000

    def columns(self) -> Sequence[Column]:
        """Every field of the draft."""
        return columns_of(self.DRAFT)

    def name_of(self, view: Edition) -> str:
        """The code of the set."""
        return view.rules.code

    def shown(self, name: str, cell: str) -> str:
        """What is paid and for whom in words."""
        words = {"kind": SUBSIDIES.get(cell), "subject": SUBJECTS.get(cell)}.get(name)
        return _(words) if words else super().shown(name, cell)

    def read(self, typed: Mapping[str, str]) -> Draft:
        """Codes are capital letters, however they are typed."""
        return self.DRAFT.model_validate({**typed, "code": typed["code"].upper()})


class SetDialog(_EditionDialog):
    """A rule set without its rules: a new one, or what its draft says."""

    DRAFT = SetDraft

    def __init__(self, gateway: Gateway, view: Edition | None = None) -> None:
        super().__init__(gateway, view, {} if view is None else set_cells(view.rules))

    def title_words(self) -> str:
        """Which set; a published one is followed by its next edition."""
        if self._view is None:
            return _("A new rule set")
        one = self._view.rules
        if self._view.status == "draft":
            return f"{one.code}/{one.number}"
        return _("{code}: the next edition").format(code=one.code)

    def cells_of(self, value: Any) -> dict[str, str]:
        """As they are typed."""
        if isinstance(value, Edition):
            return set_cells(value.rules)
        return {name: str(cell or "") for name, cell in value.model_dump().items()}

    async def store(self, draft: Any) -> Any:
        """Begin, or change."""
        by, view = self.gateway.by, self._view
        if view is None:
            return await self.gateway.write(policies.begin, draft, by=by)
        return await self.gateway.write(policies.change, draft, version=view.version, by=by)

    async def fetch(self) -> tuple[str, Any]:
        """The set as it is now."""
        code = self._view.rules.code
        view = await self.gateway.read(policies.shown, code, by=self.gateway.by)
        return view.changed_by, view


class RuleDialog(_EditionDialog):
    """A rule of a set: a new one, or one that is changed in its draft."""

    DRAFT = RuleDraft

    def __init__(self, gateway: Gateway, view: Edition, rule: str | None = None) -> None:
        self._rule = rule
        super().__init__(gateway, view, self._cells_in(view))

    def _cells_in(self, view: Edition) -> dict[str, str]:
        found = next((one for one in view.rules.rules if one.code == self._rule), None)
        return {} if found is None else rule_cells(found)

    def title_words(self) -> str:
        """Which rule of which set."""
        rule = self._rule or _("a new rule")
        return f"{self._view.rules.code}  {rule}"

    def cells_of(self, value: Any) -> dict[str, str]:
        """As they are typed."""
        return self._cells_in(value) if isinstance(value, Edition) else rule_cells(value.rule())

    async def store(self, draft: Any) -> Any:
        """Put it into the draft of the set."""
        return await self.gateway.write(
            policies.put_rule,
            self._view.rules.code,
            draft,
            version=self._view.version,
            by=self.gateway.by,
            today=self.gateway.today,
        )

    async def fetch(self) -> tuple[str, Any]:
        """The set as it is now."""
        code = self._view.rules.code
        view = await self.gateway.read(policies.shown, code, by=self.gateway.by)
        return view.changed_by, view


class ClaimDialog(FormDialog):
    """A new claim; answers with it as it is stored."""

    def __init__(self, gateway: Gateway, cells: Mapping[str, str]) -> None:
        super().__init__(gateway, None, cells)

    def columns(self) -> Sequence[Column]:
        """Every field of a claim."""
        return columns_of(ClaimDraft)

    def title_words(self) -> str:
        """That it is a new one."""
        return _("A new claim")

    def name_of(self, view: ClaimView) -> str:
        """Its code."""
        return view.code

    def read(self, typed: Mapping[str, str]) -> Draft:
        """Codes are capital letters, however they are typed."""
        codes = ("enterprise", "institution", "policy", "rule", "training_class")
        return ClaimDraft.model_validate({**typed, **{name: typed[name].upper() for name in codes}})

    async def store(self, draft: Any) -> Any:
        """Ask for it."""
        return await self.gateway.write(claims.claim, draft, by=self.gateway.by)


class YearDraft(FundDraft):
    """A firm's year, with which firm and year it is."""

    enterprise: str
    year: int = Field(ge=2000, le=2100)


class YearDialog(FormDialog):
    """What a firm paid and spent in a year; answers with its fund."""

    def __init__(self, gateway: Gateway, cells: Mapping[str, str]) -> None:
        super().__init__(gateway, None, cells)

    def columns(self) -> Sequence[Column]:
        """Which firm and year, then the numbers."""
        named = ("enterprise", "year")
        return [Column(name, name in named, ()) for name in (*named, *FundDraft.model_fields)]

    def title_words(self) -> str:
        """What it is about."""
        return _("A year of a training fund")

    def name_of(self, view: FundView) -> str:
        """The firm."""
        return view.enterprise

    def read(self, typed: Mapping[str, str]) -> Draft:
        """Codes are capital letters, however they are typed."""
        return YearDraft.model_validate({**typed, "enterprise": typed["enterprise"].upper()})

    async def store(self, draft: Any) -> Any:
        """Keep it in place of what stood there."""
        said = FundDraft.model_validate(draft.model_dump(exclude={"enterprise", "year"}))
        return await self.gateway.write(
            funds.record, draft.enterprise, draft.year, said, by=self.gateway.by
        )


def columns_of(draft: type[Draft]) -> list[Column]:
    """The fields of a draft, with the few values that some can have."""
    return [
        Column(name, field.is_required(), _allowed(field.annotation))
        for name, field in draft.model_fields.items()
    ]


def _allowed(annotation: Any) -> tuple[str, ...]:
    return get_args(annotation) if get_origin(annotation) is Literal else ()
