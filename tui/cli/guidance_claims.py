"""`claim`: subsidies asked for, followed, and their packs of papers."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from store.schemas.policy import ClaimDraft
from store.services import attendance, claims, class_claims, classes, reference
from store.services.claims import ClaimView
from tui import claim_pack, policy_text
from tui.cli.guidance_rules import day_of, pairs, write_with
from tui.cli.output import line, put, say, tried
from tui.cli.people import checked, tell
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.messages import sentence
from tui.papers import require_new
from tui.settings import Settings


def listed(options: Namespace, settings: Settings) -> int:
    """Claims, newest first."""
    session = begin(options, settings)
    found = session.store.read(claims.listed, by=session.by, status=options.status)
    if options.json:
        put(found)
        return 0
    for one in found:
        line(policy_text.claim_line(one))
    if not found:
        line(_("No claim."))
    return 0


def show(options: Namespace, settings: Settings) -> int:
    """One claim."""
    session = begin(options, settings)
    return _tell(options, session.store.read(claims.shown, options.code.upper(), by=session.by))


def new(options: Namespace, settings: Settings) -> int:
    """A draft of a claim."""
    session = begin(options, settings)
    draft = checked(ClaimDraft, pairs(options.fields, ClaimDraft))
    return _tell(options, write_with(options, session)(claims.claim, draft, by=session.by))


def of_class(options: Namespace, settings: Settings) -> int:
    """Drafts for everybody of a class who passed; says for whom there is none, and why."""
    session = begin(options, settings)
    made = write_with(options, session)(
        class_claims.claim,
        options.code.upper(),
        options.policy.upper(),
        options.rule.upper(),
        by=session.by,
        papers=[word.strip() for word in options.papers.split(",") if word.strip()],
    )
    if options.json:
        left = [{"person": person, "error": error.code} for person, error in made.left]
        put({"made": made.made, "left": left})
        return 0
    for one in made.made:
        line(policy_text.claim_line(one))
    for person, error in made.left:
        say(f"{person}: {sentence(error)}")
    tried(options)
    return 0


def submit(options: Namespace, settings: Settings) -> int:
    """Hand a claim in."""
    session = begin(options, settings)
    papers = [word.strip() for word in options.papers.split(",") if word.strip()]
    made = write_with(options, session)(
        claims.submit,
        options.code.upper(),
        by=session.by,
        now=_now(session),
        papers=papers,
        certificate_day=day_of(options.certificate_day, None),
    )
    return _tell(options, made)


def decide(options: Namespace, settings: Settings) -> int:
    """Approve, return, refuse, pay."""
    session = begin(options, settings)
    made = write_with(options, session)(
        claims.decide,
        options.code.upper(),
        options.act,
        by=session.by,
        now=_now(session),
        reason=options.reason,
    )
    return _tell(options, made)


def withdraw(options: Namespace, settings: Settings) -> int:
    """Take a claim back."""
    session = begin(options, settings)
    made = write_with(options, session)(
        claims.withdraw,
        options.code.upper(),
        by=session.by,
        now=_now(session),
        reason=options.reason,
    )
    return _tell(options, made)


def pack(options: Namespace, settings: Settings) -> int:
    """The papers of a claim (SQ…) or of the opening of a class (B…) as two files; says what is missing."""
    session = begin(options, settings)
    code = options.code.upper()
    files = [Path(options.output) / f"{code}{suffix}" for suffix in (".xlsx", ".html")]
    for file in files:
        require_new(file)
    if code.startswith("B"):
        sheet = session.store.read(classes.sheet, code, by=session.by)
        grid = session.store.read(attendance.grid, code, by=session.by)
        made = claim_pack.opening(sheet, session.store.read(reference.calendar), grid)
    else:
        view = session.store.read(claims.shown, code, by=session.by)
        taught = view.training_class
        made = claim_pack.of_claim(
            view, session.store.read(attendance.grid, taught, by=session.by) if taught else None
        )
    if options.dry_run:
        tried(options)
    else:
        claim_pack.write_book(made, files[0])
        files[1].write_text(claim_pack.page(made), encoding="utf-8")
    if options.json:
        put({"files": [str(file) for file in files], "missing": list(made.missing)})
        return 0
    for file in files:
        line(str(file))
    for paper in made.missing:
        say(_("Missing: {facts}").format(facts=paper))
    return 0


def _now(session: Session) -> Any:
    return session.store.read(reference.now)


def _tell(options: Namespace, view: ClaimView) -> int:
    return tell(options, view, list(policy_text.claim_lines(view)))
