"""Expected failures, each of a kind that an operator can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class DuijieError(Exception):
    """A failure with a code, which is the key of its translated sentence, and the sentence's data."""

    exit_code = 1

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}"


class InvalidError(DuijieError):
    """The input is wrong; the sentence says what, where, and how to mend it."""


class RefusedFileError(InvalidError):
    """A file with wrong rows, none of which was taken; `problems` lists every one.

    With a code of its own it is another act on all rows that some of them stand in the way of.
    """

    def __init__(
        self, problems: Sequence[object], code: str = "file_refused", **params: object
    ) -> None:
        super().__init__(code, count=len(problems), **params)
        self.problems = tuple(problems)


class UsageError(DuijieError):
    """The command was put together wrongly."""

    exit_code = 2


class NotFoundError(DuijieError):
    """No such record."""

    exit_code = 3

    def __init__(self, kind: str, id: str) -> None:
        super().__init__("not_found", kind=kind, id=id)


class NoFileError(NotFoundError):
    """No such file."""

    def __init__(self, path: object) -> None:
        DuijieError.__init__(self, "file_not_found", path=str(path))


class NoLineError(NotFoundError):
    """No such line of a table; `lines` and `columns` are some that there are."""

    def __init__(self, line: str, lines: str, columns: str) -> None:
        DuijieError.__init__(self, "no_line", line=line, lines=lines, parts=columns)


class ConflictError(DuijieError):
    """The record's state does not allow the act."""

    exit_code = 4


class TakenError(ConflictError):
    """Somebody else was faster: what is left, and who took it where that may be told."""


class InfeasibleError(ConflictError):
    """A plan breaks rules as things are now; `violations` are the engine's, `names` those of codes."""

    def __init__(
        self, id: str, violations: Sequence[object], code: str = "infeasible", **more: object
    ) -> None:
        super().__init__(code, id=id, **more)
        self.violations = tuple(violations)
        self.names: Mapping[str, str] = {}

    def with_names(self, names: Mapping[str, str]) -> InfeasibleError:
        """The same, with the names behind codes."""
        self.names = names
        return self


class StaleEditError(ConflictError):
    """Somebody else saved the record first; `theirs` is what it says now."""

    def __init__(self, kind: str, id: str, version: int) -> None:
        super().__init__("stale_edit", kind=kind, id=id, version=version)


class StoreBusyError(ConflictError):
    """The store stayed locked by other writers for longer than a person should wait."""

    def __init__(self) -> None:
        super().__init__("store_busy")


class NotAllowedError(DuijieError):
    """The person's role does not carry this right over this record; `by` is the actor, where known."""

    exit_code = 5
    by: object = None

    def __init__(self, act: str, kind: str, id: str = "") -> None:
        super().__init__("not_allowed", act=act, kind=kind, id=id)


class ClosedError(NotAllowedError):
    """The person may not be in here at all, or not any more: `code` says why."""

    def __init__(self, code: str, by: object = None, **params: object) -> None:
        DuijieError.__init__(self, code, **params)
        self.by = by


class StoreError(DuijieError):
    """The store itself cannot be used: missing, older, newer, or on an unsafe library."""
