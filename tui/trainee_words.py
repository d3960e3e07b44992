"""The words of the screens for trainees, rosters, attendance and results."""

from __future__ import annotations

from collections.abc import Mapping

from tui.i18n import mark

KINDS: Mapping[str, str] = {
    "trainee": mark("trainee"),
    "certificate": mark("certificate"),
    "credit": mark("credit entry"),
    "credit_rules": mark("credit rules"),
    "identity": mark("identity number"),
    "identity_switch": mark("keeping of identity numbers"),
    "lesson": mark("session of the class"),
    "result": mark("result"),
    "training_rules": mark("training rules"),
}
FIELDS: Mapping[str, str] = {
    "phone": mark("Telephone"),
    "number": mark("Centre's number"),
    "category": mark("Category"),
    "evidence": mark("Evidence"),
    "experience": mark("Experience"),
    "employer": mark("Employer"),
    "identity": mark("Identity number"),
    "outcome": mark("Result"),
    "trainee": mark("Trainee"),
    "funding": mark("Paid by"),
    "attendance": mark("Attendance"),
    "result": mark("Result"),
}
VALUES: Mapping[str, str] = {
    "employed": mark("employed"),
    "unemployed": mark("unemployed"),
    "rural": mark("rural worker"),
    "lifted_from_poverty": mark("lifted from poverty"),
    "disabled": mark("disabled"),
    "veteran": mark("veteran"),
    "graduate": mark("graduate"),
    "detained": mark("detainee"),
    "rehabilitation": mark("in drug rehabilitation"),
    "other": mark("other"),
    "government": mark("government"),
    "trainee": mark("trainee"),
    "enrolled": mark("enrolled"),
    "swapped": mark("swapped"),
    "dropped": mark("dropped"),
    "completed": mark("completed"),
    "merged": mark("merged"),
    "anonymised": mark("anonymised"),
    "present": mark("present"),
    "absent": mark("absent"),
    "late": mark("late"),
    "leave": mark("on leave"),
    "passed": mark("passed"),
    "failed": mark("failed"),
    "same_post": mark("same post"),
    "promoted": mark("promoted"),
    "new_job": mark("new job"),
    "self_employed": mark("self-employed"),
    "not_reached": mark("not reached"),
    "recognised": mark("recognised from elsewhere"),
    "award": mark("award"),
    "study": mark("further study"),
    "honour": mark("honour"),
}
ACTS: Mapping[str, str] = {
    "merge": mark("merge"),
    "unmerge": mark("take a merge back"),
    "anonymise": mark("anonymise"),
    "enrol": mark("enrol"),
    "swap": mark("swap"),
    "drop": mark("drop"),
    "attend": mark("mark attendance"),
    "complete": mark("complete"),
    "assess": mark("enter a result"),
    "void": mark("void a result"),
    "credit": mark("enter credits"),
    "follow_up": mark("follow up"),
    "identify": mark("enter an identity number"),
    "reveal_person": mark("show in clear"),
    "switch_on": mark("switch on"),
    "switch_off": mark("switch off"),
    "rotate": mark("change the key"),
}
CAUTIONS: Mapping[str, str] = {
    "overlap": mark("sits in {detail} at the same hours"),
    "alike": mark("there seems to be another file of this person: {detail}"),
    "no_prerequisite": mark("no certificate one level below, and no years of work in the file"),
    "funded_before": mark("government paid for this trade and level before: {detail}"),
    "funded_higher": mark("government paid for a higher level before: {detail}"),
    "funded_often": mark("government paid {detail} times this year already"),
}
MISSING: Mapping[str, str] = {
    "phone": mark("telephone"),
    "number": mark("the centre's number"),
    "employer": mark("employer"),
    "evidence": mark("evidence of the category"),
    "attendance": mark("attendance of a class that is over"),
    "result": mark("result of a class that is over"),
    "certificate": mark("number of a certificate"),
    "outcome": mark("what became of them after a certificate"),
}
MARKS: Mapping[str, str] = {
    "present": mark("✓"),
    "absent": mark("×"),
    "late": mark("L"),
    "leave": mark("E"),
}
