"""What one person's desk keeps from session to session: small JSON files of theirs alone."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from store.process import is_running
from store.sensitive import masked


class Remembered:
    """Values by name, for one person at one store; a file each, so that two desks do not undo each other."""

    def __init__(self, folder: Path, store: str, login: str) -> None:
        key = hashlib.sha256(f"{store}\n{login}".encode()).hexdigest()[:16]
        self._folder = folder / key

    def get(self, name: str) -> Any:
        """What was kept under a name, None when nothing was or the file cannot be read."""
        path = self._path(name)
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            with suppress(OSError):
                path.rename(path.with_suffix(".broken"))  # for whoever wants to mend it
        except OSError:
            pass
        return None

    def put(self, name: str, value: object) -> bool:
        """Keep a value, None forgets it; whether it could be done. A crash leaves the old or the new."""
        path = self._path(name)
        try:
            if value is None:
                path.unlink(missing_ok=True)
            else:
                self._write(path, json.dumps(value, ensure_ascii=False))
        except OSError:
            return (
                False  # a full disk or a folder that is not ours must not stop the work at the desk
            )
        return True

    def _write(self, path: Path, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_suffix(f".{os.getpid()}")
        wanted = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(beside, wanted, 0o600), "w", encoding="utf-8") as file:
            file.write(masked(text))
        beside.replace(path)

    def put_text(self, name: str, text: str) -> str:
        """Keep a text as a file of its own that other programs can read; where it is, "" if it cannot be."""
        path = self._folder / f"{name}.txt"
        try:
            self._write(path, text)
        except OSError:
            return ""
        return str(path)

    def put_draft(self, form: str, cells: dict[str, str] | None) -> None:
        """Keep what stands in a form of this process, None once it is saved."""
        self.put(f"draft-{form}-{os.getpid()}", cells)

    def left_draft(self, form: str) -> dict[str, str] | None:
        """The newest draft of a form whose process has ended; it is this process's from now on."""
        left = sorted(self._left(form), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in left:
            cells = self.get(path.stem)
            path.unlink(missing_ok=True)
            if isinstance(cells, dict) and all(isinstance(cell, str) for cell in cells.values()):
                self.put_draft(form, cells)
                return cells
        return None

    def _left(self, form: str) -> Iterator[Path]:
        for path in self._folder.glob(f"draft-{form}-*.json"):
            pid = path.stem.rpartition("-")[2]
            if pid.isdecimal() and not is_running(int(pid)):
                yield path

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"
