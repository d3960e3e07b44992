"""The sections of a bulletin: each a function that asks the store once and gives one table of figures.

A further section is a further line here, and its words in `tui/bulletins/words.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from store.schemas.publication import Figures
from store.services import (
    figures_demand,
    figures_money,
    figures_outlook,
    figures_supply,
    figures_targets,
)
from store.services.figure_scope import Scope

Section = Callable[[Session, Scope], Figures]
SECTIONS: tuple[Section, ...] = (
    figures_demand.in_period,
    figures_demand.shortages,
    figures_outlook.listed,
    figures_outlook.areas,
    figures_outlook.gap_trend,
    figures_demand.waiting,
    figures_demand.windows,
    figures_demand.weeks,
    figures_outlook.coming_weeks,
    figures_outlook.coming_trades,
    figures_demand.became,
    figures_supply.institutions,
    figures_supply.courses,
    figures_supply.places,
    figures_money.spent,
    figures_money.spent_by_centre,
    figures_targets.against,
    figures_targets.log,
)


def tables(session: Session, scope: Scope) -> tuple[Figures, ...]:
    """Every section of a scope, in the order in which a bulletin has them."""
    return tuple(section(session, scope) for section in SECTIONS)
