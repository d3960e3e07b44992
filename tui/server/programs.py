"""The system's own programs, run with plain arguments and never by a shell."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

_WHERE = "/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Done:
    """What a program left with, and what it wrote."""

    code: int
    output: str
    errors: str

    @property
    def cause(self) -> str:
        """Its first line of complaint, of a Python program the last."""
        lines = (self.errors or self.output).strip().splitlines() or [str(self.code)]
        return lines[-1 if lines[0].startswith("Traceback") else 0].strip()


def program(name: str) -> str | None:
    """Where a program of the system is, None where it is not installed."""
    return shutil.which(name, path=_WHERE)


def run(name: str, *arguments: str) -> Done:
    """Run a program of the system to its end; 127 where it is not installed."""
    found = program(name)
    if found is None:
        return Done(127, "", f"{name}: not installed")
    done = subprocess.run(
        [found, *arguments],
        env={"PATH": _WHERE, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Done(
        done.returncode, *(text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    )
