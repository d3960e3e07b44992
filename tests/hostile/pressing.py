"""Everything pressed on a desk of its own process, and what of that should not have been."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.emulator import ROOT

Seen = dict[str, list[str]]


def pressed(
    db: Path, folder: Path, role: str, screens: str, keyed: str, seconds: float = 300
) -> Seen:
    """What the interpreter saw of every action of the screens and every key of those that are `keyed`."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.press_everything", str(db), role, screens, keyed],
        capture_output=True,
        check=False,
        cwd=ROOT,
        timeout=seconds,
        env={
            **os.environ,
            "HOME": str(home),
            "TMPDIR": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )
    if done.returncode:
        raise AssertionError(done.stderr.decode()[-2000:])
    seen: Seen = json.loads(done.stdout)
    return seen


def offences(seen: Seen, folder: Path) -> list[str]:
    """Programs begun, and files changed outside the folder; that nothing at all was written is one, too.

    At home only exports may be; parts of a workbook pass through the folder for temporary files.
    """
    paths = [
        path for path in seen["written"] if not path.isdecimal()
    ]  # numbers were opened by path
    outside = [path for path in paths if not path.startswith((str(folder), "/dev/null"))]
    exports = folder / "home" / ".local" / "share" / "duijie" / "exports"
    found = (path for path in (folder / "home").rglob("*") if path not in exports.parents)
    at_home = [str(path) for path in found if not path.is_relative_to(exports)]
    return [*seen["programs"], *outside, *at_home, *([] if paths else ["nothing was written"])]
