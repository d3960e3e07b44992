"""What each field of a form wants, in words."""

from __future__ import annotations

from collections.abc import Mapping

from tui.i18n import mark

FIELD_HELP: Mapping[str, str] = {
    "enterprise": mark(
        "Name, code or pinyin initials of the firm; ↓ or a number right behind the letters chooses."
    ),
    "text": mark(
        "What the firm said, in its own words; ↓ chooses the occupation meant. "
        "Or letters: skcg 4 5p bl eve 12-31 2000y."
    ),
    "heads": mark("How many people, 1 to 500."),
    "level": mark("四级, 中级工, 4 … ; empty when not said."),
    "earliest": mark("2026-12-05, 12-5, 1205, or +7 for in seven days."),
    "latest": mark("2026-12-05, 12-5, 1205, or +7 for in seven days."),
    "weekly": mark("晚, 周末, 晚+周末, or Mon-Fri 18:30-21:30; Sat,Sun all day."),
    "area": mark("Street or park, by name or code; empty for the firm's own."),
    "max_travel_km": mark("How far people will travel, in kilometres."),
    "budget": mark("Yuan per head."),
    "certificate": mark("1 when a certificate is wanted, else 0."),
    "qualifications": mark("6-18-01-01 四级 2027-06-30; several with semicolons."),
    "workstations": mark("EQ-CNC-LATHE x8; several with semicolons."),
    "self_study_hours": mark("Hours that people learn alone, beside theory and practice."),
    "programme": mark("short course, apprenticeship, project, start-up or degree track."),
    "only_modules": mark("Titles of the parts wanted, not all of a course: 数控编程; 零件检测."),
    "modules": mark("Title and hours: 安全文明生产 8; 数控编程 24."),
    "specialty": mark("The street or park whose specialty it is, by code."),
    "base": mark("firm, street, district, city, province or national."),
    "is_studio": mark("1 for a skill master's studio, else 0."),
    "certifies": mark("vocational qualification, skill level or special ability."),
    "output": mark(
        "What the firm produces in a year, in 10,000 yuan; rules of subsidies may ask for it."
    ),
    "self_assessed": mark("1 when a firm or trade assesses its own people, 0 when it does not."),
    "trains_itself": mark("1 when the firm can train its own staff, 0 when it cannot."),
    "grants_need_training": mark("1 when training its staff is a condition of its grants."),
    "full_time_cap": mark("How many full-time instructors it may have; the supervisor sets it."),
    "members": mark("Codes, each with its days: T01; T02 2026-01-01..; A01 ..2026-06-30."),
    "register_number": mark(
        "Given when the instructor is put on the register; g on the list does it."
    ),
    "register_state": mark("filed, changed, lapsed or struck_off; only a supervisor changes it."),
    "buyer": mark("The centre or bureau that bought them, by code; centres beneath it use them."),
    "parent": mark("The centre or bureau above, by code; its sums include this one."),
    "login": mark("Small letters, digits, - and _, at most 32; it cannot be changed later."),
    "role": mark("operator, institution, supervisor, admin or enterprise."),
    "organisation": mark("The code of the centre, institution, bureau or firm they act for."),
    "most_sessions": mark("How many desks they may have open at once, 1 to 20; 3 when empty."),
    "line": mark("Paste the whole line of the .pub file; a private key is refused."),
    "occupations": mark("Occupation codes; several with semicolons; empty: found from the title."),
}
