"""An invented district's rules of subsidies, claims under them, funds of two firms, duties of instructors."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from store.schemas.actor import Actor
from store.schemas.policy import ClaimDraft, DutyDraft, FundDraft, RuleDraft, SetDraft
from store.schemas.trainee import TraineeDraft
from store.services import claims, faculty, funds, policies, reference, trainees

_FILE = Path(__file__).with_name("policy.toml")
_SET = "LG-JN"
# Who, firm, institution, occupation, level, papers: a draft, one handed in, one that is approved.
_CLAIMS = (
    ("沈寅", "E001", "T01", "6-18-01-01", "四级", "certificate,roster"),
    ("韩卯", "E001", "T01", "6-18-01-01", "四级", "certificate,roster,invoice,bank_account"),
    ("杨辰", "E002", "T03", "6-18-02-04", "五级", "certificate,roster,invoice,bank_account"),
)
# Firm, years back, payroll, spent on training, of that on the front line.
_FUNDS = (
    ("E001", 2, "9200000", "810000", "520000"),
    ("E001", 1, "9900000", "172000", "88000"),
    ("E022", 1, "4100000", "48000", "36000"),
)
_DUTIES = (
    ("I001", "refresher", 400, 1),
    ("I002", "refresher", 800, 1),
    ("I001", "shop_floor", 40, 12),
)


def load(session: Session, today: date, by: Actor, centres: tuple[Actor, Actor]) -> None:
    """The bureau's rules, and what two centres have done under them; the first made the claims."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    first = date(today.year - 2, 1, 1)
    rules = [RuleDraft.model_validate(rule) for rule in told["rules"]]
    policies.begin(session, _drafted(told["set"], first), rules, by=by)
    policies.publish(session, _SET, by=by, today=today)
    following = [*rules, *(RuleDraft.model_validate(rule) for rule in told["next"])]
    policies.begin(session, _drafted(told["set"], date(today.year + 1, 1, 1)), following, by=by)
    _claim(session, today, by, centres[0])
    for firm, back, payroll, spent, front in _FUNDS:
        draft = FundDraft.model_validate({"payroll": payroll, "spent": spent, "front": front})
        centre = centres[0] if firm == "E001" else centres[1]
        funds.record(session, firm, today.year - back, draft, by=centre)
    for code, kind, days, count in _DUTIES:
        duty = DutyDraft(kind=kind, day=today - timedelta(days=days), days=count)  # type: ignore[arg-type]
        faculty.log(session, code, duty, by=centres[0], today=today)


def _drafted(told: dict[str, Any], first: date) -> SetDraft:
    return SetDraft.model_validate({**told, "valid_from": first.isoformat()})


def _claim(session: Session, today: date, bureau: Actor, centre: Actor) -> None:
    now = datetime.combine(today - timedelta(days=3), time(10), reference.CHINA)
    made = []
    for at, (name, firm, school, trade, level, papers) in enumerate(_CLAIMS):
        file = TraineeDraft.model_validate(
            {"name": name, "phone": f"1009{at:03d}{at * 37:04d}", "employer": firm}
        )
        person = trainees.register(session, file, by=centre).code
        draft = ClaimDraft.model_validate(
            {
                "person": person, "enterprise": firm, "institution": school, "policy": _SET,
                "rule": "T1", "day": (today - timedelta(days=75)).isoformat(), "occupation": trade,
                "level": level, "certificate_day": (today - timedelta(days=30)).isoformat(),
                "papers": papers,
            }
        )  # fmt: skip
        made.append(claims.claim(session, draft, by=centre).code)
    for code in made[1:]:
        claims.submit(session, code, by=centre, now=now)
    claims.decide(session, made[2], "approve", by=bureau, now=now)
