"""Codes about trainees, rosters, attendance, results, credits and identity numbers as sentences."""

from __future__ import annotations

from collections.abc import Mapping

from tui.i18n import mark

ERRORS: Mapping[str, str] = {
    "trainee_not_active": mark("The file {id} is {state}: nothing can be changed in it any more."),
    "name_masked": mark(
        "“{name}” is a masked name. Leave it as it was shown, or write the whole name."
    ),
    "phone_masked": mark(
        "“{phone}” is a masked telephone. Leave it as it was shown, or write the whole number."
    ),
    "number_taken": mark(
        "The number {number} is already that of {id}. Give each person their own."
    ),
    "merge_other": mark(
        "{id} and {into} cannot be made one file: name two files of your own centre."
    ),
    "merge_two_people": mark(
        "{id} and {into} seem to be two people, or one of these is wrong: {records}. Look first; to make "
        "them one all the same, say why."
    ),
    "trainee_not_merged": mark("The file {id} is not merged into another."),
    "roster_closed": mark("The roster of {id} is closed: the class is {state}."),
    "which_proposal": mark(
        "Several firms have places in {id}. Say on whose: one of {codes}, or give the person an employer."
    ),
    "on_roster_already": mark("{id} is already on the roster of {group}."),
    "roster_full": mark(
        "All {heads} places of {id} are taken. Swap somebody, or let the firm confirm more heads."
    ),
    "trainee_overlap": mark(
        "{id} sits in {group} at the same hours. Take them off there, or choose another class."
    ),
    "swap_reason": mark("Entry to {id} closed on {day}: say why somebody else comes."),
    "drop_reason": mark("Say why {id} leaves the class."),
    "not_on_roster": mark("{id} is not on the roster of {group}."),
    "attendance_closed": mark("Attendance of {id} is not written any more: the class is {state}."),
    "lesson_ahead": mark("The session of {day} is still to come: mark it on its day."),
    "class_not_over": mark("{id} is {state}: it is completed once its last day is over."),
    "which_lesson": mark(
        "“{text}” is none of the {count} sessions. Write its number, or its day and time: 12-05 18:30."
    ),
    "rule_range": mark("{name}={value} is not possible. Write a number from {least} to {most}."),
    "credit_reason": mark("Say where the points come from, or why they are taken back."),
    "credit_reversed": mark("Entry {id} was taken back already, or takes another one back."),
    "result_ahead": mark("{day} is still to come: enter results on the day or later."),
    "outcome_early": mark(
        "The certificate of {id} is of {certified}: what came of it is asked {days} days later, "
        "from {first} on."
    ),
    "result_early": mark("{day} is before the class began on {first}. Correct the day."),
    "passed_already": mark("{id} has passed in {group}; only who has not passed sits again."),
    "result_trade": mark("The course of {id} has no occupation: write occupation=CODE."),
    "void_reason": mark("Say why the result does not count."),
    "voided_already": mark("Result {id} does not count already."),
    "identity_missing": mark(
        "Identity numbers need the extra `identity`, which is not installed: pip install 'duijie[identity]'."
    ),
    "identity_damaged": mark(
        "The number at {place} was changed behind the program's back or copied there. Enter it anew."
    ),
    "identity_key_unread": mark("The key file {path} cannot be read: {cause}."),
    "identity_key_exposed": mark("Others could read or change the key. Type: chmod 0400 {path}"),
    "identity_key_form": mark("{path} holds no key: one line of 64 hexadecimal digits is needed."),
    "identity_key_beside": mark(
        "The key must not be beside the store, or a copy of the folder holds both. "
        "Choose another folder than {path}."
    ),
    "identity_on_already": mark(
        "Identity numbers are kept already. `duijie identity rotate` changes the key."
    ),
    "identity_key_same": mark("{path} holds the key that is in use. Name a file with another one."),
    "identity_key_other": mark(
        "{path} holds another key than the numbers are under. Put the right file back there."
    ),
    "identity_off": mark(
        "Identity numbers are not kept here. Write the centre's own trainee number, or ask the administrator."
    ),
    "identity_wrong": mark(
        "This is no resident identity number: 18 characters whose check digit and day of birth fit. "
        "Read it again."
    ),
    "identity_not_confirmed": mark("Nothing was deleted: answer y, or say --yes."),
    "reveal_reason": mark("Say why {id} is to be seen in clear; that is kept."),
    "credit_words": mark("“{text}” is not understood. Write give POINTS or reverse ENTRY."),
    "no_stamps": mark("The file has no time stamps for {id}."),
    "stamp_time": mark("Line {line}: “{text}” is no moment. Write it like 2026-12-05 08:31:00."),
    "stamp_columns": mark(
        "Line {line}: two columns are needed, the moment and the trainee's number, "
        "with a comma or tab between."
    ),
    "roster_line": mark("Line {line}: {cause}."),
}
CAUSES: Mapping[str, str] = {
    "certificate_without_pass": mark(
        "only who passed has a certificate; leave number and validity out, or correct the result"
    ),
}
