"""The words of the screens for kinds, fields, rules, criteria and states."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from matching.types import Criterion, Grade, Rule
from tui import early_words, supervision_words, trainee_words, vacancy_words
from tui.i18n import _, language, mark

KINDS: Mapping[str, str] = {
    **early_words.KINDS,
    **trainee_words.KINDS,
    **supervision_words.KINDS,
    **vacancy_words.KINDS,
    "need": mark("need"),
    "enterprise": mark("enterprise"),
    "institution": mark("institution"),
    "association": mark("association"),
    "centre": mark("service centre"),
    "course": mark("course"),
    "run": mark("course run"),
    "instructor": mark("instructor"),
    "venue": mark("venue"),
    "slot": mark("training slot"),
    "purchase": mark("purchase"),
    "assessment": mark("assessment date"),
    "occupation": mark("occupation"),
    "organisation": mark("organisation"),
    "area": mark("area"),
    "equipment": mark("equipment"),
    "skill_level": mark("skill level"),
    "user": mark("user"),
    "key": mark("key"),
    "session": mark("session"),
    "audit": mark("audit trail"),
    "refusal": mark("refusal"),
    "kind": mark("kind of record"),
    "match": mark("matching"),
    "alias": mark("confirmed words"),
    "profile": mark("weights profile"),
    "decision": mark("decision"),
    "proposal": mark("proposal"),
    "history": mark("history"),
    "class": mark("class"),
    "waiting": mark("waiting firm"),
    "contact": mark("call"),
    "booking": mark("booking"),
    "clocks": mark("clocks"),
    "offering": mark("offering"),
    "pool": mark("pooled class"),
    "allocation": mark("allocation"),
    "warning": mark("warning"),
    "warning_rule": mark("warning rule"),
    "shortage": mark("shortage list"),
    "shortage_entry": mark("trade of the list"),
    "demand_history": mark("past demand"),
    "allocation_policy": mark("allocation policy"),
    "store": mark("store"),
    "batch": mark("import batch"),
    "batch_row": mark("row of the batch"),
    "analysis_line": mark("line of the analysis"),
    "filing": mark("filing"),
    "filing_calendar": mark("filing calendar"),
    "quality": mark("quality"),
    "quality_rules": mark("quality rules"),
    "verification": mark("verification"),
    "verification_kinds": mark("what is verified"),
    "duplicate": mark("duplicate"),
    "merge": mark("merge"),
    "bulletin": mark("bulletin"),
    "target": mark("target"),
    "small_counts": mark("threshold of small counts"),
    "policy_set": mark("rule set"),
    "policy_rule": mark("rule"),
    "claim": mark("subsidy claim"),
    "fund": mark("training fund"),
    "instructor_register": mark("register of instructors"),
    "usage_terms": mark("terms of use"),
}

FIELDS: Mapping[str, str] = {
    "until": mark("Last day"),
    "hour": mark("A station's hour"),
    "shares": mark("Bears"),
    "near": mark("Nearest national code"),
    **early_words.FIELDS,
    **trainee_words.FIELDS,
    "code": mark("Code"),
    "unit": mark("Unit"),
    "indicator": mark("What is counted"),
    "period": mark("Period"),
    "value": mark("Target"),
    "enterprise": mark("Enterprise"),
    "text": mark("Need"),
    "occupations": mark("Occupation"),
    "occupation": mark("Occupation"),
    "level": mark("Level"),
    "heads": mark("Heads"),
    "can_split": mark("May split"),
    "min_group": mark("Smallest group"),
    "earliest": mark("Earliest"),
    "latest": mark("Latest"),
    "weekly": mark("Times"),
    "area": mark("Place"),
    "max_travel_km": mark("≤ km"),
    "budget": mark("Budget ¥"),
    "mode": mark("Where taught"),
    "certificate": mark("Cert."),
    "min_practice_hours": mark("Practice hours"),
    "type": mark("Need type"),
    "source": mark("Source"),
    "priority": mark("Priority"),
    "institution": mark("Institution"),
    "title": mark("Title"),
    "theory_hours": mark("Theory hours"),
    "practice_hours": mark("Practice hours"),
    "self_study_hours": mark("Self-study hours"),
    "price": mark("Price, ¥"),
    "price_per": mark("Price per"),
    "min_heads": mark("Heads, least"),
    "max_heads": mark("Heads, most"),
    "equipment": mark("Equipment"),
    "heads_per_station": mark("Heads a station"),
    "delivery": mark("Delivery"),
    "valid_from": mark("Valid from"),
    "valid_to": mark("Valid to"),
    "filed_on": mark("Filed on"),
    "status": mark("State"),
    "name": mark("Name"),
    "short_name": mark("Short name"),
    "parent": mark("Parent centre"),
    "contact": mark("Contact"),
    "industry": mark("Industry"),
    "staff": mark("Staff"),
    "hosts": mark("Can host"),
    "sort": mark("Sort"),
    "lat": mark("Latitude"),
    "lng": mark("Longitude"),
    "scope": mark("Scope"),
    "qualified_to": mark("Qualified to"),
    "evaluation": mark("Evaluation"),
    "evaluation_count": mark("Ratings"),
    "employment": mark("Employment"),
    "teaches": mark("Teaches"),
    "qualifications": mark("Qualifications"),
    "blackouts": mark("Days off"),
    "institutions_last_year": mark("Institutions, 1 year"),
    "day_rate": mark("Day rate, ¥"),
    "register_number": mark("Register number"),
    "registered_on": mark("On the register since"),
    "register_state": mark("Register entry"),
    "register_ended": mark("Register ended"),
    "register_reason": mark("Register reason"),
    "buffer_before": mark("Minutes before"),
    "buffer_after": mark("Minutes after"),
    "is_open": mark("Open to others"),
    "workstations": mark("Workstations"),
    "base": mark("Level of base"),
    "is_studio": mark("Master's studio"),
    "programme": mark("Programme"),
    "modules": mark("Modules"),
    "specialty": mark("Specialty of"),
    "certifies": mark("Certifies"),
    "trains_itself": mark("Trains itself"),
    "output": mark("Yearly output"),
    "self_assessed": mark("Self-assessment"),
    "grants_need_training": mark("Grants need it"),
    "students": mark("Students"),
    "full_time_cap": mark("Full-time cap"),
    "members": mark("Members"),
    "venue": mark("Venue"),
    "buyer": mark("Buyer"),
    "day": mark("Day"),
    "start": mark("From"),
    "end": mark("To"),
    "stations": mark("Stations"),
    "stations_free": mark("Stations free"),
    "course": mark("Course"),
    "first_day": mark("First day"),
    "last_day": mark("Last day"),
    "seats": mark("Seats"),
    "seats_left": mark("Seats left"),
    "signup_closes": mark("Sign-up closes"),
    "instructor": mark("Instructor"),
    "body": mark("Assessment body"),
    "scale": mark("Cancellation, days:%"),
    "no_show_percent": mark("No-show, %"),
    "includes": mark("Includes"),
    "note": mark("Note"),
    "not_before": mark("Not before"),
    "apart_from": mark("Apart from"),
    "only_modules": mark("Only modules"),
    "login": mark("Login"),
    "role": mark("Role"),
    "organisation": mark("Organisation"),
    "lang": mark("Language"),
    "most_sessions": mark("Sessions, most"),
    "is_active": mark("May come in"),
    "line": mark("Public key"),
    "fingerprint": mark("Fingerprint"),
    "revoked": mark("Revoked"),
    "ending": mark("Ending"),
    "origin": mark("From where"),
    "key": mark("Key"),
    "act": mark("Act"),
    "kind": mark("Kind"),
    "id": mark("Number"),
    "clause": mark("Clause"),
    "subject": mark("For whom"),
    "when": mark("Condition"),
    "amount": mark("Amount"),
    "caps": mark("Caps"),
    "uplift": mark("Uplift"),
    "adds": mark("On top of others"),
    "papers": mark("Papers"),
    "claim_months": mark("Months to claim"),
    "covers": mark("Levels to cover"),
    "lists": mark("Lists"),
    "decide_days": mark("Days to decide"),
    "fund": mark("Training fund"),
    "teaching": mark("Instructors"),
    "person": mark("Person"),
    "policy": mark("Rule set"),
    "rule": mark("Rule"),
    "training_class": mark("Class"),
    "certificate_day": mark("Certificate of"),
    "facts": mark("Facts"),
    "payroll": mark("Payroll, ¥"),
    "spent": mark("Spent, ¥"),
    "front": mark("Front line, ¥"),
    "year": mark("Year"),
}

VALUES: Mapping[str, str] = {
    **early_words.VALUES,
    **trainee_words.VALUES,
    "checked": mark("checked"),
    **supervision_words.VALUES,
    "centre": mark("at the institution"),
    "firm": mark("at the firm"),
    "blended": mark("blended"),
    "online": mark("online"),
    "head": mark("head"),
    "class": mark("class"),
    "runs": mark("scheduled"),
    "on_demand": mark("on demand"),
    "full_time": mark("full-time"),
    "part_time": mark("part-time"),
    "expert": mark("expert"),
    "both": mark("theory and practice"),
    "theory": mark("theory"),
    "practice": mark("practice"),
    "draft": mark("draft"),
    "open": mark("open"),
    "active": mark("active"),
    "applied": mark("applied"),
    "suspended": mark("suspended"),
    "exited": mark("exited"),
    "published": mark("published"),
    "paused": mark("paused"),
    "withdrawn": mark("withdrawn"),
    "matched": mark("matched"),
    "confirmed": mark("confirmed"),
    "delivered": mark("delivered"),
    "closed": mark("closed"),
    "expired": mark("expired"),
    "sent": mark("sent"),
    "accepted": mark("accepted"),
    "declined": mark("declined"),
    "lapsed": mark("lapsed"),
    "cancelled": mark("cancelled"),
    "forming": mark("forming"),
    "ready": mark("ready"),
    "running": mark("running"),
    "finished": mark("finished"),
    "held": mark("held"),
    "booked": mark("booked"),
    "released": mark("released"),
    "pending": mark("not answered"),
    "waiting": mark("waiting"),
    "offered": mark("offered a place"),
    "taken": mark("took the place"),
    "left": mark("left the line"),
    "enterprise": mark("firm"),
    "stations": mark("workstations"),
    "pre_post": mark("before the post"),
    "on_post": mark("on the post"),
    "transfer": mark("change of post"),
    "order": mark("order class"),
    "directed": mark("directed"),
    "public_school": mark("public school"),
    "private_institution": mark("private institution"),
    "enterprise_base": mark("firm's own base"),
    "assessment_body": mark("assessment body"),
    "start_up": mark("start-up"),
    "degree": mark("degree track"),
    "street": mark("street"),
    "district": mark("district"),
    "city": mark("city"),
    "province": mark("province"),
    "national": mark("national"),
    "qualification": mark("vocational qualification"),
    "skill_level": mark("skill level"),
    "special_ability": mark("special ability"),
    "trade_committee": mark("trade committee"),
    "training_alliance": mark("training alliance"),
    "assessment_alliance": mark("assessment alliance"),
    "undone": mark("undone"),
    "submitted": mark("submitted"),
    "returned": mark("sent back"),
    "filed": mark("filed"),
    "late": mark("filed late"),
    "due": mark("to be filed"),
    "overdue": mark("not filed in time"),
    "fresh": mark("fresh"),
    "ageing": mark("ageing"),
    "stale": mark("stale"),
    "new": mark("with new ones"),
    "changed": mark("with changes"),
    "same": mark("same as last time"),
}

# Fields of records that hold one of a few stored words, or whether something is so.
CHOSEN = frozenset(
    {
        "status",
        "price_per",
        "delivery",
        "mode",
        "employment",
        "teaches",
        "sort",
        "type",
        "programme",
    }
    | {"base", "certifies", "category", "register_state"}
)
YES_OR_NO = frozenset(
    (
        "hosts",
        "trains_itself",
        "grants_need_training",
        "can_split",
        "certificate",
        "is_open",
        "is_studio",
        "self_assessed",
    )
)
_YES_OR_NO: Mapping[str, str] = {"1": mark("yes"), "0": mark("no")}
_ON_REGISTER: Mapping[str, str] = {
    "unfiled": mark("not on register"),
    "filed": mark("on register"),
    "changed": mark("changed since filed"),
    "lapsed": mark("entry lapsed"),
    "struck_off": mark("struck off"),
}
# Stored words that are another word in one field than elsewhere.
CELLS: Mapping[tuple[str, str], str] = {
    ("price_per", "head"): mark("per head"),
    ("price_per", "class"): mark("per class"),
    **{("register_state", state): word for state, word in _ON_REGISTER.items()},
}

# States whose word is another one than that of the same state of other kinds.
STATES: Mapping[tuple[str, str], str] = {
    **early_words.STATES,
    **supervision_words.STATES,
    **vacancy_words.STATES,
    ("allocation", "applied"): mark("carried out"),
    ("batch", "reading"): mark("headings open"),
    ("batch", "repair"): mark("to be mended"),
    ("batch", "ready"): mark("ready to apply"),
    ("batch", "applied"): mark("written in"),
    ("batch", "undone"): mark("taken back"),
    ("batch", "dropped"): mark("thrown away"),
    ("batch_row", "good"): mark("in order"),
    ("batch_row", "wrong"): mark("wrong"),
    ("batch_row", "same"): mark("as before"),
    ("batch_row", "left_out"): mark("left out"),
    ("batch_row", "applied"): mark("written in"),
    ("shortage", "signed"): mark("signed"),
    ("shortage", "superseded"): mark("superseded"),
    ("shortage", "revoked"): mark("revoked"),
    ("bulletin", "published"): mark("made public"),
    **{("instructor_register", state): word for state, word in _ON_REGISTER.items()},
}

ACTS: Mapping[str, str] = {
    **early_words.ACTS,
    **trainee_words.ACTS,
    **supervision_words.ACTS,
    **vacancy_words.ACTS,
    "read": mark("read"),
    "register": mark("register"),
    "go_on": mark("go on to a day"),
    "edit": mark("edit"),
    "become": mark("map on a national code"),
    "withdraw": mark("withdraw"),
    "hold": mark("hold"),
    "revise": mark("revise"),
    "send": mark("send"),
    "accept": mark("accept"),
    "agree": mark("accept, the last"),
    "counter": mark("counter"),
    "decline": mark("decline"),
    "lapse": mark("lapse"),
    "confirm": mark("confirm"),
    "cancel": mark("cancel"),
    "move": mark("other dates or people"),
    "appoint": mark("appoint"),
    "call": mark("call"),
    "deliver": mark("deliver"),
    "undo": mark("take back"),
    "answer": mark("answer"),
    "no_show": mark("no-show"),
    "join": mark("join"),
    "leave": mark("leave"),
    "form": mark("form"),
    "fill": mark("reach the minimum"),
    "thin": mark("fall below the minimum"),
    "postpone": mark("postpone"),
    "substitute": mark("substitute"),
    "combine": mark("make one class of two"),
    "separate": mark("make two classes again"),
    "reduce": mark("withdraw some heads"),
    "start": mark("start"),
    "finish": mark("finish"),
    "close": mark("close"),
    "match": mark("match"),
    "reopen": mark("open again"),
    "open": mark("open"),
    "expire": mark("expire"),
    "release": mark("release"),
    "book": mark("book"),
    "offer": mark("offer"),
    "take": mark("take"),
    "publish": mark("publish"),
    "check": mark("check"),
    "pause": mark("pause"),
    "act_as": mark("act for someone"),
    "use": mark("use"),
    "load": mark("load"),
    "back_up": mark("back up"),
    "restore": mark("restore"),
    "build_wall": mark("build the second wall"),
    "watch_over": mark("watch over"),
    "apply": mark("carry out"),
    "pool": mark("pool"),
    "repair": mark("repair"),
    "read_in": mark("hand in a table"),
    "map": mark("take headings for columns"),
    "mend": mark("mend"),
    "leave_out": mark("leave rows out"),
    "drop": mark("throw away"),
    "sign": mark("sign"),
    "supersede": mark("supersede"),
    "acknowledge": mark("acknowledge"),
    "reveal": mark("name a firm to another"),
    "invite": mark("invite"),
    "suspend": mark("suspend"),
    "reinstate": mark("let in again"),
    "add": mark("add"),
    "revoke": mark("revoke"),
    "begin": mark("come in"),
    "end": mark("leave"),
    "refused": mark("refused"),
    "file": mark("file"),
    "submit": mark("hand in"),
    "return": mark("send back"),
    "merge": mark("merge"),
    "unmerge": mark("undo the merge"),
    "apart": mark("keep apart"),
    "approve": mark("approve"),
    "refuse": mark("refuse"),
    "pay": mark("pay"),
    "log": mark("note practice"),
    "change": mark("change what was filed"),
    "strike_off": mark("strike off"),
}

ROLES: Mapping[str, str] = {
    "operator": mark("operator"),
    "institution": mark("institution"),
    "supervisor": mark("supervisor"),
    "admin": mark("admin"),
    "enterprise": mark("enterprise"),
    "evaluator": mark("evaluator"),
    "system": mark("the program"),
}

ENDINGS: Mapping[str, str] = {
    "left": mark("signed out"),
    "hang_up": mark("line cut"),
    "idle": mark("idle"),
    "closed": mark("put out"),
    "lost": mark("lost"),
}

CRITERIA: Mapping[Criterion, str] = {
    Criterion.TOPIC: mark("Trade"),
    Criterion.LEVEL: mark("Level"),
    Criterion.SCHEDULE: mark("Schedule"),
    Criterion.START: mark("Start"),
    Criterion.TRAVEL: mark("Distance"),
    Criterion.PRICE: mark("Price"),
    Criterion.CAPACITY: mark("Class size"),
    Criterion.INSTRUCTOR: mark("Instructor"),
    Criterion.EVALUATION: mark("Evaluation"),
    Criterion.FRESHNESS: mark("Freshness"),
}

RULES: Mapping[Rule, str] = {
    Rule.TOPIC: mark("another trade"),
    Rule.INSTITUTION_STATUS: mark("institution not active"),
    Rule.INSTITUTION_QUALIFICATION: mark("institution's qualification expired"),
    Rule.INSTITUTION_SANCTION: mark("institution under sanction"),
    Rule.INSTITUTION_NOTICE: mark("public notice against the institution"),
    Rule.INSPECTION: mark("annual inspection expired"),
    Rule.SCOPE: mark("outside the institution's scope"),
    Rule.COURSE_VALIDITY: mark("course not valid then"),
    Rule.LEVEL: mark("other level"),
    Rule.RENEWAL: mark("renewal course: for holders of the certificate"),
    Rule.FIRST_TIME: mark("first-time course: renewal is wanted"),
    Rule.MODULES: mark("modules not taught"),
    Rule.MODULES_UNKNOWN: mark("modules not filed"),
    Rule.MODE: mark("taught elsewhere"),
    Rule.PRACTICE_HOURS: mark("too few practice hours"),
    Rule.HEADS_MAX: mark("too many heads"),
    Rule.HEADS_MIN: mark("below the class minimum"),
    Rule.RUN_CLOSED: mark("sign-up closed"),
    Rule.RUN_FULL: mark("too few seats left"),
    Rule.DATES: mark("no dates in the window"),
    Rule.PATTERN: mark("outside the weekly times"),
    Rule.TRAVEL: mark("too far"),
    Rule.EQUIPMENT: mark("no such workstations"),
    Rule.STATIONS: mark("too few workstations free"),
    Rule.QUALIFICATION: mark("no instructor with a valid certificate"),
    Rule.GUEST_HOME: mark("guest's own institution is not active"),
    Rule.PART_TIMER: mark("part-timer at too many institutions in a year"),
    Rule.INSTRUCTOR_BUSY: mark("instructor not free"),
    Rule.INSTRUCTOR_UNKNOWN: mark("instructor not filed"),
    Rule.STATIONS_UNKNOWN: mark("workstations not filed"),
    Rule.ASSESSMENT: mark("no assessment date found"),
    Rule.TRAVEL_GAP: mark("too little time for the way"),
    Rule.REST: mark("too little rest at night"),
    Rule.WORKLOAD: mark("more teaching than is usual"),
    Rule.PLAN_CHANGED: mark("dates have changed"),
    Rule.BUDGET: mark("above the budget"),
}

GRADES: Mapping[Grade, str] = {
    Grade.STRONG: mark("strong"),
    Grade.FAIR: mark("fair"),
    Grade.WEAK: mark("weak"),
    Grade.NONE: mark("none"),
}

LEVELS = (
    mark("apprentice"),
    mark("level 5 (junior)"),
    mark("level 4 (intermediate)"),
    mark("level 3 (senior)"),
    mark("level 2 (technician)"),
    mark("level 1 (senior technician)"),
    mark("special-grade technician"),
    mark("chief technician"),
)
LEVELS_SHORT = (
    mark("L6"), mark("L5"), mark("L4"), mark("L3"), mark("L2"), mark("L1"), mark("LS"), mark("LC"),
)  # fmt: skip
_WEEKDAYS = (
    mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"),
)  # fmt: skip


def kind_word(kind: str) -> str:
    """A kind of record in the session's language; an unknown kind as it is."""
    return _(KINDS[kind]) if kind in KINDS else kind


def field_word(name: str) -> str:
    """The label of a field."""
    return _(FIELDS[name]) if name in FIELDS else name


def act_word(act: str) -> str:
    """What somebody did or may do."""
    return _(ACTS[act]) if act in ACTS else act


def value_word(value: str) -> str:
    """A stored word such as a state or a mode."""
    return _(VALUES[value]) if value in VALUES else value


def role_word(role: str) -> str:
    """What a person is here."""
    return _(ROLES[role]) if role in ROLES else role


def ending_word(ending: str | None) -> str:
    """How a session ended; a dash while it is open."""
    if ending is None:
        return "–"
    return _(ENDINGS[ending]) if ending in ENDINGS else ending


def state_word(kind: str, state: str) -> str:
    """The state of a record of some kind."""
    return _(STATES[kind, state]) if (kind, state) in STATES else value_word(state)


def cell_word(field: str, cell: str) -> str:
    """A cell of a form as it is shown: stored words in the session's language, other cells as they are."""
    if field == "weekly":
        return weekly_word(cell)
    if (field, cell) in CELLS:
        return _(CELLS[field, cell])
    if field in YES_OR_NO and cell in _YES_OR_NO:
        return _(_YES_OR_NO[cell])
    if field == "role":
        return role_word(cell)
    return value_word(cell) if field in CHOSEN else cell


def stored_cell(field: str, text: str, allowed: Collection[str] = ()) -> str:
    """What `cell_word` shows, as it is stored; any other text as it is."""
    said = text.strip().casefold()
    cells = (*allowed, *_YES_OR_NO) if field in YES_OR_NO else allowed
    return next((cell for cell in cells if said == cell_word(field, cell).casefold()), text)


def level_word(rank: int | None) -> str:
    """A level by its rank, empty when unknown."""
    return _(LEVELS[rank - 1]) if rank else ""


def level_short(rank: int | None) -> str:
    """A level in a few cells: 四级, or L4."""
    return _(LEVELS_SHORT[rank - 1]) if rank else ""


def urgent_mark(shortage: str) -> str:
    """A sign and a word before the text of a need whose trade a signed list names; empty without one."""
    return _("◆ urgent") + " " if shortage else ""


def urgent_told(shortage: str) -> str:
    """The same as a sentence, with the code of the list."""
    if not shortage:
        return ""
    return _("◆ In urgent need by the signed list {list}").format(list=shortage)


def day_word(day: date) -> str:
    """`12-05 Sat`."""
    return f"{day:%m-%d} {_(_WEEKDAYS[day.weekday()])}"


def weekly_word(weekly: str | None) -> str:
    """A weekly pattern with the session's names of days."""
    if not weekly or language() == "en":
        return weekly or ""
    shown = weekly.replace("all day", "全天").replace("; ", "；")
    for english in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        shown = shown.replace(english, _(english))
    return shown
