"""What can be typed after `duijie visit`, `draw`, `risk`, `evaluate`, `institution`; nothing heavy."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group, positive
from tui.cli.watching import sheet_options
from tui.i18n import _

_FLAGS = (
    "no_certificate", "above_roster", "two_places", "hours_short", "no_sign_in", "many_institutions",
    "price_far", "teaches_twice", "claimed_twice", "hours_claimed", "outside_plan", "same_minute",
    "few_staff",
)  # fmt: skip
_GROUPS = ("trainee", "instructor", "enterprise", "agency")
_SCORED = ("institution", "course", "instructor")
_ITEMS = ("licence", "premises", "equipment", "staff", "plans", "fees", "safety")


def add_judging(commands: Any, common: argparse.ArgumentParser) -> None:
    """How classes are watched and judged."""
    _add_visits(commands, common)
    _add_draws(commands, common)
    act = Group(commands, common, "risk", "supervision", _("what looks wrong about classes"))
    listed = act("list", "list_risks", _("every flag with the records behind it"), code=False)
    listed.add_argument("--kind", choices=_FLAGS, metavar=_("KIND"), help=", ".join(_FLAGS))
    sheet_options(listed)
    for name, run, summary in (
        ("confirm", "confirm_risk", _("say that a flag is right")),
        ("dismiss", "dismiss_risk", _("say that a flag means nothing")),
    ):
        act(name, run, summary).add_argument(
            "--reason", metavar=_("TEXT"), default="", help=_("why")
        )
    _add_evaluation(commands, common)
    _add_standing(commands, common)


def add_charge(act: Group) -> None:
    """`duijie class charge`."""
    made = act("charge", "charge", _("name the organisation and person that answer for a class"))
    made.set_defaults(run="supervision:charge")
    made.add_argument("part", choices=("organises", "supervises"))
    made.add_argument("organisation", metavar=_("ORGANISATION"))
    made.add_argument("person", metavar=_("PERSON"))


def _add_visits(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "visit", "supervision", _("visits to classes, and findings"))
    made = act("plan", "plan", _("a visit to a session of a class"))
    made.add_argument("day", metavar=_("DAY"))
    made.add_argument(
        "--lesson", metavar=_("TIME"), help=_("the session that begins then, as 18:30")
    )
    made.add_argument("--visitor", default="", metavar=_("NAMES"), help=_("who goes; yourself"))
    made.add_argument("--draw", metavar=_("CODE"), help=_("the draw that it comes of"))
    made.add_argument(
        "--unannounced", action="store_true", help=_("told to nobody until it is recorded")
    )
    made = act("record", "record", _("what was seen"))
    made.add_argument("answers", nargs="*", metavar=_("ITEM=ANSWER"), help=_("yes, no or na"))
    made.add_argument("--rest", choices=("yes", "na"), help=_("the answer to all other items"))
    made.add_argument(
        "--finding", action="append", default=[], metavar=_("FINDING"),
        help=_("ITEM SEVERITY WORDS; minor, major or grave"),
    )  # fmt: skip
    made.add_argument("--follow-up", metavar=_("DAY"), help=_("to be settled by this day"))
    made.add_argument("--note", metavar=_("TEXT"), default="", help=_("what else was seen"))
    made = act("answer", "answer", _("what the institution says of the findings"))
    made.add_argument("words", metavar=_("WORDS"))
    for name, run, summary in (
        ("close", "close", _("end a visit; findings without an answer need a reason")),
        ("withdraw", "withdraw", _("call a planned visit off")),
    ):
        act(name, run, summary).add_argument(
            "--reason", metavar=_("TEXT"), default="", help=_("why")
        )
    listed = act("list", "list_visits", _("what is to be settled first"), code=False)
    listed.add_argument(
        "--class", dest="training_class", metavar=_("CODE"), help=_("of this class")
    )
    listed.add_argument("--open", action="store_true", help=_("only those that are not closed"))
    sheet_options(listed)
    act("show", "show_visit", _("one visit with its checklist"))
    made = act("checklist", "checklist", _("the checklist, or a new version of it"), code=False)
    made.add_argument("items", nargs="*", metavar=_("CODE=WORDS"))
    made = act("rules", "rules", _("the numbers of supervision"), code=False)
    made.add_argument("fields", nargs="*", metavar=_("NAME=VALUE"))


def _add_draws(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "draw", "supervision", _("classes drawn by lot to be visited"))
    made = act("make", "make_draw", _("draw among the classes of a quarter"), code=False)
    made.add_argument(
        "--seed", required=True, metavar=_("WORDS"), help=_("public, chosen by nobody here")
    )
    made.add_argument("--of", metavar=_("DAY"), help=_("the quarter of this day; of today"))
    made.add_argument("--percent", type=positive, metavar="N", help=_("so many percent of them"))
    made.add_argument("--by-risk", action="store_true", help=_("a ticket more for each risk flag"))
    act("verify", "verify_draw", _("draw again and compare; exit 1 if different"))
    sheet_options(
        act("list", "list_draws", _("every draw, and the visits of the quarter"), code=False)
    )
    act("show", "show_draw", _("one draw with its population"))


def _add_evaluation(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(
        commands, common, "evaluate", "evaluation", _("what is said of classes, and scores")
    )
    made = act("add", "add", _("one rater's marks for a class"))
    made.add_argument("group", choices=_GROUPS)
    made.add_argument("rater", metavar=_("RATER"), help=_("a code that had a part in the class"))
    made.add_argument(
        "marks", nargs="+", metavar=_("MARK"), help=_("1 to 5, in order of questions")
    )
    made.add_argument("--day", metavar=_("DAY"), help=_("said on this day; today"))
    made.add_argument("--note", metavar=_("TEXT"), default="", help=_("what was said"))
    made = act("import", "take", _("marks of a CSV file, all or none"), code=False)
    made.add_argument("file", metavar=_("FILE"), help=_("a CSV file, - for standard input"))
    made.add_argument("--encoding", default="utf-8", choices=("utf-8", "gb18030"))
    made = act("sheet", "sheet", _("forms to be filled in on paper"))
    made.add_argument("--group", choices=_GROUPS, help=_("only of this group"))
    made.add_argument("--output", metavar=_("FILE"), help=_("a new file, .html or .txt"))
    act("list", "list_opinions", _("what was said of a class"))
    _add_ratings(act)
    made = act("show", "show_scores", _("scores, or one with all its numbers"), code=False)
    made.add_argument("kind", nargs="?", default="institution", choices=_SCORED)
    made.add_argument("code", nargs="?", metavar=_("CODE"))
    made.add_argument("--of", metavar=_("DAY"), help=_("the quarter of this day; the newest"))
    sheet_options(made)
    made = act("publish", "publish", _("publish the scores of a quarter, for good"), code=False)
    made.add_argument("of", metavar=_("DAY"), help=_("a day of the quarter"))
    made = act("weights", "weights", _("the formula, or a new version of it"), code=False)
    made.add_argument("fields", nargs="*", metavar=_("NAME=VALUE"))
    made.add_argument("--from", dest="valid_from", metavar=_("DAY"), help=_("from this quarter on"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))


def _add_ratings(act: Group) -> None:
    """What agencies are asked to rate, and their marks."""
    made = act("ask", "ask", _("ask an agency to rate a class"))
    made.set_defaults(run="ratings:ask")
    made.add_argument("agency", metavar=_("AGENCY"), help=_("such as A01"))
    made.add_argument("--until", metavar=_("DAY"), help=_("its last day"))
    made = act(
        "asked", "asked", _("what agencies are asked about, your own if you are one"), code=False
    )
    made.set_defaults(run="ratings:asked")
    sheet_options(made)
    made = act("give", "give", _("marks about a class that your agency is asked about"))
    made.set_defaults(run="ratings:give")
    made.add_argument(
        "marks", nargs="+", metavar=_("MARK"), help=_("1 to 5, in order of questions")
    )
    made.add_argument("--day", metavar=_("DAY"), help=_("said on this day; today"))
    made.add_argument("--note", metavar=_("TEXT"), default="", help=_("what was said"))
    act("unask", "unask", _("ask an agency no more; marks stay")).set_defaults(run="ratings:unask")


def _add_standing(commands: Any, common: argparse.ArgumentParser) -> None:
    summary = _("admission, inspection, sanctions and rewards of institutions")
    act = Group(commands, common, "institution", "evaluation", summary)
    made = act("admit", "admit", _("let one in by a checklist, or renew it"))
    made.add_argument("--checked", default="", metavar=_("ITEMS"), help=", ".join(_ITEMS))
    made.add_argument("--all", action="store_true", help=_("every item is in order"))
    made.add_argument(
        "--number", required=True, metavar=_("NUMBER"), help=_("of the qualification")
    )
    made.add_argument(
        "--scope", default="", metavar=_("CODES"), help=_("occupations or their beginnings")
    )
    made.add_argument("--until", required=True, metavar=_("DAY"), help=_("its last day"))
    made = act("inspect", "inspect", _("the result of an annual inspection"))
    made.add_argument("result", choices=("passed", "conditional", "failed"))
    made.add_argument("--until", metavar=_("DAY"), help=_("its last day"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    made = act("sanction", "sanction", _("impose a sanction; what it meets is said first"))
    made.add_argument("type", choices=("notice", "suspended", "delisted", "unfunded"))
    made.add_argument("--from", dest="first", metavar=_("DAY"), help=_("in force from"))
    made.add_argument("--to", dest="last", metavar=_("DAY"), help=_("in force to"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    made = act("lift", "lift", _("lift a sanction from today on"), code=False)
    made.add_argument("id", type=positive, metavar=_("ID"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    act("leave", "leave", _("end its part in the market")).add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why")
    )
    act("reward", "reward", _("write a reward into its file")).add_argument(
        "words", metavar=_("WORDS")
    )
    made = act("history", "history", _("its file; without a code every one"), code=False)
    made.add_argument("code", nargs="?", metavar=_("CODE"))
    sheet_options(made)
