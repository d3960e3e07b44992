"""What can be typed after `duijie`; imports nothing heavy."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli import (
    batching,
    cycle_arguments,
    early_arguments,
    guidance,
    judging,
    keeping,
    publishing,
    tables,
    together,
    training,
    watching,
)
from tui.cli.arguments import Group, common_options, count, crew, plain_option, positive, request
from tui.cli.vacancy_arguments import add_vacancies
from tui.cli.watching import sheet_options
from tui.i18n import _, mark

# The sentences of argparse itself, so that the catalogue has them too.
_ARGPARSE = (
    mark("usage: "),
    mark("positional arguments"),
    mark("options"),
    mark("show this help message and exit"),
    mark("%(prog)s: error: %(message)s\n"),
    mark("the following arguments are required: %s"),
    mark("unrecognized arguments: %s"),
    mark("argument %(argument_name)s: %(message)s"),
    mark("expected one argument"),
    mark("invalid %(type)s value: %(value)r"),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
)

KINDS = (
    "need",
    "enterprise",
    "institution",
    "course",
    "run",
    "instructor",
    "venue",
    "slot",
    "purchase",
    "assessment",
    "centre",
    "association",
)


def build() -> argparse.ArgumentParser:
    """The whole parser; each command names the function that carries it out."""
    vars(argparse)["_"] = _  # argparse looks its sentences up by this name
    common = common_options(argparse.SUPPRESS)
    parser = argparse.ArgumentParser(
        prog="duijie",
        description=_("A district's training market on a terminal."),
        parents=[common_options(None)],
    )
    parser.set_defaults(run="screen:run")
    plain_option(parser, False)
    commands = parser.add_subparsers(title=_("commands"), metavar=_("COMMAND"))

    def add(name: str, run: str, summary: str, **more: Any) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name, help=summary, description=summary, parents=[common], **more
        )
        command.set_defaults(run=run)
        return command

    demo = add("demo", "demo:run", _("build the demo district if absent and open it"))
    plain_option(demo, argparse.SUPPRESS)
    demo.add_argument(
        "--day",
        help=_("the day the demo is dated by, like 2026-11-21; one that is there goes on to it"),
    )
    _finding(add)
    tables.add_filing(add, KINDS)
    batching.add_batches(commands, common, KINDS)
    _records(add)
    _matching(add)
    _changing(add)
    watching.add_analysis(add)
    watching.add_warnings(commands, common)
    _choosing(add, commands, common)
    _words(commands, common)
    add_vacancies(add, commands, common)
    _dealing(add, commands, common)
    together.add_pools(commands, common)
    together.add_allocations(commands, common)
    together.add_board(add)
    together.add_desk(add)
    cycle_arguments.add_cycle(commands, common)
    training.add_training(add, commands, common)
    guidance.add_guidance(add, commands, common)
    early_arguments.add_early(add, commands, common)
    early_arguments.add_support(add, commands, common)
    judging.add_judging(commands, common)
    keeping.add_keeping(add, commands, common)
    publishing.add_publishing(commands, common)
    _keeping(add, commands, common)
    return parser


def _finding(add: Any) -> None:
    command = add("codes", "find:codes", _("codes of areas, equipment and levels"))
    command.add_argument("table", choices=("area", "equipment", "level"))
    command.add_argument(
        "text", nargs="?", default="", metavar=_("TEXT"), help=_("only names with this")
    )
    command = add("resolve", "find:resolve", _("text to occupations"))
    command.add_argument("text", nargs="?", metavar=_("TEXT"))
    command.add_argument(
        "--stdin", action="store_true", help=_("one text a line from standard input")
    )
    command.add_argument("--top", type=positive, default=10, metavar="N", help=_("at most N"))
    command = add("parse", "find:parse", _("what a sentence states of a need, field by field"))
    command.add_argument("text", nargs="?", metavar=_("TEXT"))
    command.add_argument(
        "--stdin", action="store_true", help=_("one text a line from standard input")
    )
    command.add_argument(
        "--day", metavar=_("DAY"), help=_("the day that dates are reckoned from, like 2026-11-21")
    )
    command = add("search", "find:search", _("search over everything, pinyin initials included"))
    command.add_argument("text", metavar=_("TEXT"))
    command.add_argument("--kind", choices=(*KINDS, "occupation"), help=_("only this kind"))
    command.add_argument("--top", type=positive, default=20, metavar="N", help=_("at most N"))


def _records(add: Any) -> None:
    command = add("list", "records:list_page", _("records of a kind in order of code"))
    command.add_argument("kind", choices=KINDS, metavar=_("KIND"))
    command.add_argument("--after", default="", metavar=_("CODE"), help=_("begin after this code"))
    command.add_argument("--top", type=positive, default=50, metavar="N", help=_("at most N"))
    command.add_argument(
        "--filter", metavar=_("WORDS"), help=_("needs by state, level, place, firm and trade")
    )
    command.add_argument(
        "--where",
        action="append",
        default=[],
        metavar=_("FIELD=VALUE"),
        help=_("only records whose field says this; several: all of them"),
    )
    command.add_argument("--area", metavar=_("CODE"), help=_("only in this area and those in it"))
    command.add_argument(
        "--centre", metavar=_("CODE"), help=_("only needs of this centre and those beneath it")
    )
    command = add(
        "purchases", "purchases:show", _("bought workstations and how much of them was used")
    )
    command.add_argument("--buyer", metavar=_("CODE"), help=_("only those of this buyer"))
    command.add_argument("--area", metavar=_("CODE"), help=_("only in this area and those in it"))
    command = add("centres", "records:centres", _("service centres as a tree, with open needs"))
    command.add_argument("centre", nargs="?", metavar=_("CODE"), help=_("only from this one down"))
    command = add(
        "catalogue", "catalogue:show", _("courses by price, place, trade, level and mode")
    )
    command.add_argument(
        "words", nargs="*", metavar=_("WORD"), help=_("such as 四级 宝龙 online <2000; kept")
    )
    command.add_argument("--after", default="", metavar=_("CODE"), help=_("begin after this code"))
    command.add_argument("--top", type=positive, default=50, metavar="N", help=_("at most N"))
    for option, told in (
        ("--keep", _("put a course on your shortlist")),
        ("--drop", _("take one off it")),
    ):
        command.add_argument(option, action="append", default=[], metavar=_("CODE"), help=told)
    for name, run, summary in (
        ("show", "records:show", _("one record")),
        ("history", "records:history", _("every change of a record")),
    ):
        command = add(name, run, summary)
        command.add_argument("kind", choices=KINDS, metavar=_("KIND"))
        command.add_argument("code", metavar=_("CODE"))
    command = add("add", "records:add", _("register a record from FIELD=VALUE"))
    command.add_argument("kind", choices=KINDS, metavar=_("KIND"))
    command.add_argument("fields", nargs="+", metavar=_("FIELD=VALUE"))
    command.add_argument(
        "--request", metavar=_("ID"), help=_("a repeat with the same id does nothing")
    )
    command = add("edit", "records:edit", _("change fields of a record"))
    command.add_argument("kind", choices=KINDS, metavar=_("KIND"))
    command.add_argument("code", metavar=_("CODE"))
    command.add_argument("fields", nargs="+", metavar=_("FIELD=VALUE"))
    command.add_argument(
        "--version", type=positive, metavar="N", help=_("refuse if it is not at N")
    )
    command = add("withdraw", "records:withdraw", _("take a record out of use"))
    command.add_argument("kind", choices=KINDS, metavar=_("KIND"))
    command.add_argument("code", metavar=_("CODE"))
    command.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))


def _matching(add: Any) -> None:
    command = add("match", "match:run", _("ranked bundles with reasons"))
    command.add_argument("need", nargs="?", metavar=_("NEED"))
    command.add_argument("--all", action="store_true", help=_("every open need"))
    command.add_argument(
        "--top", type=positive, default=5, metavar="K", help=_("at most K bundles")
    )
    command.add_argument("--course", metavar=_("CODE"), help=_("other ways to deliver one course"))
    command.add_argument(
        "--within",
        default="",
        metavar=_("CODE"),
        help=_("only courses of this association's members"),
    )
    command.add_argument(
        "--compare", metavar="1,3", help=_("two to four ranked bundles side by side, by number")
    )
    crew(command)
    _weighing(command)


def _changing(add: Any) -> None:
    add(
        "what-if",
        "change:show_what_if",
        _("what one more of each scarce thing would serve, and what holds needs up"),
    )
    command = add(
        "repair",
        "change:run_repair",
        _("what to do when an instructor is ill or a workshop closed"),
    )
    command.add_argument("what", choices=("instructor", "venue"), metavar="instructor|venue")
    command.add_argument("code", metavar=_("CODE"))
    command.add_argument("first", metavar=_("FIRST_DAY"))
    command.add_argument("last", nargs="?", metavar=_("LAST_DAY"), help=_("the same day if absent"))
    command.add_argument("--apply", action="store_true", help=_("do it, in one write"))
    command.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))


def _choosing(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    command = add(
        "why-not", "choose:why_not", _("what stands in the way, and what would remove it")
    )
    command.add_argument("need", metavar=_("NEED"))
    command.add_argument(
        "course", nargs="?", metavar=_("COURSE"), help=_("only this course; else what opens most")
    )
    command = add("decide", "choose:decide", _("take a course of a need's ranking, with a receipt"))
    command.add_argument("need", metavar=_("NEED"))
    command.add_argument("course", metavar=_("COURSE"))
    command.add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why, needed when it is not the first")
    )
    command.add_argument(
        "--top", type=positive, default=5, metavar="K", help=_("at most K bundles")
    )
    _weighing(command)
    command = add("decisions", "choose:list_decisions", _("receipts, newest first"))
    command.add_argument("need", nargs="?", metavar=_("NEED"), help=_("only of this need"))
    command.add_argument("--top", type=positive, default=50, metavar="N", help=_("at most N"))
    command = add("replay", "choose:replay", _("rank again as a receipt says; exit 1 if different"))
    command.add_argument("code", metavar=_("CODE"))
    profile = commands.add_parser("profile", help=_("a centre's own weights"))
    acts = profile.add_subparsers(metavar=_("ACT"), required=True)
    for name, run, summary in (
        ("list", "choose:list_profiles", _("weights by name")),
        ("save", "choose:save_profile", _("keep weights under a name")),
        ("drop", "choose:drop_profile", _("take a profile away")),
    ):
        act = acts.add_parser(name, help=summary, description=summary, parents=[common])
        act.set_defaults(run=run)
        if name != "list":
            act.add_argument("name", metavar=_("NAME"))
        if name == "save":
            act.add_argument("weights", metavar=_("WEIGHTS"), help=_("such as topic=40,price=20"))


def _weighing(command: argparse.ArgumentParser) -> None:
    command.add_argument("--profile", metavar=_("NAME"), help=_("weights that the centre keeps"))
    command.add_argument(
        "--weights", metavar=_("WEIGHTS"), help=_("weights to try, such as topic=40,price=20")
    )


def _words(commands: Any, common: argparse.ArgumentParser) -> None:
    alias = commands.add_parser("alias", help=_("words that people confirmed"))
    acts = alias.add_subparsers(metavar=_("ACT"), required=True)

    def add(name: str, run: str, summary: str) -> argparse.ArgumentParser:
        act: argparse.ArgumentParser = acts.add_parser(
            name, help=summary, description=summary, parents=[common]
        )
        act.set_defaults(run=run)
        return act

    act = add("list", "words:list_confirmed", _("confirmed words, contested ones first"))
    act.add_argument("--conflicts", action="store_true", help=_("only contested words"))
    act = add("confirm", "words:confirm", _("keep that words mean an occupation"))
    act.add_argument("text", metavar=_("TEXT"))
    act.add_argument("code", metavar=_("CODE"), help=_("the occupation's code"))
    act = add("undo", "words:undo", _("take a confirmation back"))
    act.add_argument("id", type=positive, metavar=_("ID"))
    act.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    _local_occupations(commands, common)
    _surveys(commands, common)


def _local_occupations(commands: Any, common: argparse.ArgumentParser) -> None:
    summary = _("codes for trades without a national one")
    group = Group(commands, common, "occupation", "occupations", summary)
    sheet_options(group("list", "list_local", _("every local code, what became of it"), code=False))
    made = group("add", "add", _("add a local code"), code=False)
    made.add_argument("name", metavar=_("NAME"))
    made.add_argument(
        "--near", required=True, metavar=_("CODE"), help=_("the nearest national code")
    )
    made.add_argument("--source", required=True, metavar=_("WORDS"), help=_("who said so, where"))
    made.add_argument("--levels", default="", metavar=_("LEVELS"), help=_("such as 五级-三级"))
    made.add_argument(
        "--also", default="", metavar=_("NAMES"), help=_("further names, with commas")
    )
    made.add_argument("--from", dest="first", metavar=_("DAY"), help=_("from this day on; today"))
    made = group("map", "map_to", _("put a national code in its place"))
    made.add_argument("national", metavar=_("NATIONAL"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))


def _surveys(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "survey", "surveys", _("surveys of demand"))
    sheet_options(act("list", "list_surveys", _("those that wait for answers first"), code=False))
    act("show", "show", _("one survey, with who has answered"))
    made = act("plan", "plan", _("who is asked about what, until when"), code=False)
    made.add_argument("title", metavar=_("TITLE"))
    made.add_argument("--firms", required=True, metavar=_("CODES"), help=_("such as E001,E002"))
    made.add_argument("--trades", required=True, metavar=_("CODES"), help=_("codes of occupations"))
    made.add_argument("--first", required=True, metavar=_("DAY"), help=_("the first Monday"))
    made.add_argument("--last", required=True, metavar=_("DAY"), help=_("the last Monday"))
    made.add_argument("--due", required=True, metavar=_("DAY"), help=_("its last day"))
    made.add_argument("--association", metavar=_("CODE"), help=_("the trade committee that asks"))
    made = act("questionnaire", "questionnaire", _("write it as a new file"))
    made.add_argument("--output", metavar=_("FILE"), help=_("a new file, .xlsx or .csv"))
    made = act("take", "take", _("take a questionnaire that came back"))
    made.add_argument("file", metavar=_("FILE"), help=_("a CSV file, - for standard input"))
    made.add_argument("--source", required=True, metavar=_("WORDS"), help=_("where it is from"))
    made = act("withdraw", "withdraw", _("ask no more; answers stay"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))


def _dealing(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    command = add("propose", "deals:propose", _("hold a bundle of a need's ranking"))
    command.add_argument("need", metavar=_("NEED"))
    command.add_argument("course", metavar=_("COURSE"))
    command.add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why, needed when it is not the first")
    )
    command.add_argument("--send", action="store_true", help=_("offer it to everyone at once"))
    command.add_argument(
        "--top", type=positive, default=5, metavar="K", help=_("at most K bundles")
    )
    request(command)
    _weighing(command)
    act = Group(commands, common, "proposal", "deals", _("bundles that were offered"))
    listed = act("list", "list_all", _("the clock that ends first on top"), code=False)
    listed.add_argument("--need", metavar=_("NEED"), help=_("only of this need"))
    listed.add_argument("--all", action="store_true", help=_("those that are over, too"))
    listed.add_argument("--top", type=positive, default=50, metavar="N", help=_("at most N"))
    act("show", "show", _("everything about one"))
    request(act("send", "send", _("offer a draft to everyone it concerns")))
    request(act("confirm", "confirm", _("turn what is held into bookings")))
    act("accept", "accept", _("agree to the terms"))
    for name, summary in (
        ("decline", _("say no, and why")),
        ("withdraw", _("take it back")),
        ("undo", _("take one's last step back")),
        ("cancel", _("cancel what was confirmed; the cost is said first")),
    ):
        act(name, name, summary).add_argument(
            "--reason", metavar=_("TEXT"), default="", help=_("why")
        )
    request(act.made["undo"])
    act("revise", "revise", _("change the terms of a draft"), fields=True)
    act("counter", "counter", _("put other terms forward"), fields=True)
    for one in ("accept", "decline", "counter"):
        act.made[one].add_argument("--party", metavar=_("CODE"), help=_("for whom"))
    act.made["cancel"].add_argument(
        "--fee", type=float, metavar=_("YUAN"), help=_("another amount than by the terms")
    )
    command = act(
        "reduce", "reduce", _("some heads of a confirmed one do not come; the cost first")
    )
    command.add_argument("heads", type=positive, metavar="N", help=_("heads that still come"))
    command.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    command.add_argument(
        "--still-wanted", action="store_true", help=_("the others still want a course")
    )
    command.add_argument(
        "--fee", type=float, metavar=_("YUAN"), help=_("another amount than by the terms")
    )
    request(command)
    _holding_classes(commands, common)


def _holding_classes(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "class", "classes", _("confirmed proposals taught together"))
    act("list", "list_classes", _("soonest first"), code=False)
    act("show", "show_class", _("everything about one"))
    command = act("substitute", "substitute", _("who or what could stand in; with TO, put it in"))
    command.add_argument("leaving", metavar=_("FROM"))
    command.add_argument("coming", nargs="?", metavar=_("TO"))
    command.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    request(act("undo", "undo_class", _("take your last step on it back")))
    command = act("postpone", "postpone", _("begin later; --dry-run says what it means"))
    command.add_argument("day", metavar=_("DAY"))
    command.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    summary = _("classes below their minimum that could be one; with two codes, make them one")
    command = act("merge", "merge_classes", summary, code=False)
    command.add_argument("kept", nargs="?", metavar=_("KEPT"), help=_("the class that goes on"))
    command.add_argument("ended", nargs="?", metavar=_("ENDED"), help=_("the class that ends"))
    command.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    request(command)
    act("cancel", "call_off", _("call it off; nobody owes anything")).add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why")
    )
    act("close", "close", _("close a finished one"))
    command = act("no-show", "no_show", _("heads of a proposal that did not come"))
    command.add_argument("heads", type=positive, metavar="N")
    command.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    request(command)
    judging.add_charge(act)
    act = Group(commands, common, "need", "classes", _("steps of a need"))
    act("open", "open_need", _("open an expired one again"))
    act("close", "close_need", _("close a delivered one"))
    act("divert", "divert_need", _("let it wait for a course that is to be made"))
    act("return", "return_need", _("match it again"))
    act = Group(commands, common, "waiting", "classes", _("firms that wait for seats"))
    act("list", "lines", _("by line and place"), code=False)
    command = act("join", "join_line", _("put a need at the end of a line"), code=False)
    command.add_argument("need", metavar=_("NEED"))
    command.add_argument("kind", choices=("run", "assessment", "slot", "class"))
    command.add_argument("resource", metavar=_("CODE"))
    act("leave", "leave_line", _("take a firm out of its line"))
    request(act("undo", "undo_line", _("take your joining or leaving back")))
    _ringing(commands, common)


def _ringing(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "calls", "classes", _("whom to ring next, and why"))
    command = act("list", "calls", _("most urgent first, with two sentences to say"), code=False)
    command.add_argument("--top", type=positive, default=20, metavar="N", help=_("at most N"))
    command = act("log", "called", _("keep what a call came to"), code=False)
    command.add_argument("record", metavar=_("CODE"))
    command.add_argument("party", metavar=_("PARTY"))
    command.add_argument(
        "outcome", choices=("accepted", "declined", "no_answer", "later", "talked")
    )
    command.add_argument("--note", metavar=_("TEXT"), default="", help=_("what was said"))
    request(command)
    act("replies", "replies", _("how long each party takes to answer"), code=False)
    act = Group(commands, common, "clocks", "classes", _("how long each step may take"))
    act("show", "show_clocks", _("the numbers"), code=False)
    act("set", "set_clocks", _("change some of them"), code=False, fields=True)
    act("run", "run_clocks", _("end what is over; for cron"), code=False)


def _keeping(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    store = commands.add_parser(
        "store", help=_("make, upgrade, check, back up, restore and move a store")
    )
    acts = store.add_subparsers(metavar=_("ACT"), required=True)
    for name, summary in (
        ("init", _("make a store with reference data")),
        ("upgrade", _("bring a store up to this program's schema")),
        ("check", _("audit every invariant, read-only")),
        ("head", _("the head of the audit chain as a line, to be kept elsewhere")),
        ("embed", _("compute the vectors of the semantic extra that are missing")),
    ):
        act = acts.add_parser(name, help=summary, description=summary, parents=[common])
        act.set_defaults(run=f"keep:{name}")
        if name == "embed":
            crew(act)
        if name == "init":
            act.add_argument("--centre", metavar=_("NAME"), help=_("the service centre's name"))
        if name == "head":
            act.add_argument("--output", metavar=_("FILE"), help=_("add the line to a file"))
        if name == "check":
            act.add_argument(
                "--heads", metavar=_("FILE"), help=_("prove heads kept with `head`, too")
            )
    for name, summary in (
        ("backup", _("copy the whole store into a new file while others work")),
        ("verify", _("prove a backup by its digest and by reading all of it")),
        ("restore", _("put a backup in the store's place; --yes over an existing one")),
    ):
        act = acts.add_parser(name, help=summary, description=summary, parents=[common])
        act.set_defaults(run=f"backups:{name}")
        if name == "backup":
            act.add_argument("file", nargs="?", metavar=_("FILE"), help=_("a name not yet taken"))
        else:
            act.add_argument("file", metavar=_("FILE"), help=_("a backup"))
    summary = _("copy a whole store into another database, SQLite or PostgreSQL, and prove it")
    act = acts.add_parser("move", help=summary, description=summary, parents=[common])
    act.set_defaults(run="moves:move")
    act.add_argument("origin", metavar=_("FROM"), help=_("the store: a file or a URL"))
    act.add_argument("target", metavar=_("TO"), help=_("a file or database that is still empty"))
    act.add_argument(
        "--again", action="store_true", help=_("begin an interrupted move anew; asks first")
    )
    summary = _("let PostgreSQL itself hide from tenants what their rights refuse")
    act = acts.add_parser("wall", help=summary, description=summary, parents=[common])
    act.set_defaults(run="wall:build")
    act.add_argument("--off", action="store_true", help=_("take it away again"))
    seed = commands.add_parser("seed", help=_("data for load tests"))
    kinds = seed.add_subparsers(metavar=_("WHAT"), required=True)
    summary = _("an invented market: offerings, people, slots and needs by the thousand")
    bulk = kinds.add_parser("bulk", help=summary, description=summary, parents=[common])
    bulk.add_argument("--offerings", type=positive, default=10_000, metavar="N", help=_("courses"))
    for flag, letter, meaning in (
        ("--instructors", "M", _("instructors; half as many as courses")),
        ("--slots", "K", _("dated slots; five a course")),
        ("--needs", "J", _("needs; one for ten courses")),
    ):
        bulk.add_argument(flag, type=count, metavar=letter, help=meaning)
    bulk.add_argument(
        "--seed", type=int, default=1, metavar="N", help=_("another seed, other data")
    )
    bulk.set_defaults(run="keep:bulk")
    together.add_server(add, commands, common)
    add("paths", "keep:paths", _("where settings, data and logs are"))
    command = add("completion", "completion:run", _("a script by which the shell completes words"))
    command.add_argument("shell", choices=("bash", "zsh", "fish"))
    add("man", "manual:run", _("the manual page, for man(1)"))
    add("doctor", "doctor:run", _("what this terminal, program and store are, and what to mend"))
