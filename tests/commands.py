"""The command as other programs call it, each call in a process of its own.

The processes are forked from one that has imported the program already: importing it again for each of some
six hundred calls took longer than what they do. `tests/e2e` starts the program anew.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LONGEST = 100.0  # seconds
_IMPORTED = ("tui.__main__", "tui.cli", "tui.settings", "seed.demo", "store.services.filing")
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([*_IMPORTED, __name__])


def duijie(
    *arguments: str, stdin: bytes = b"", lang: str = "en"
) -> subprocess.CompletedProcess[bytes]:
    """Run the command and return what it did."""
    words = ["--lang", lang, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "0").write_bytes(stdin)
        process = _forks.Process(target=_carry_out, args=(words, dict(os.environ), folder))
        process.start()
        process.join(_LONGEST)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(words, _LONGEST)
        told, talk = ((place / name).read_bytes() for name in "12")
        return subprocess.CompletedProcess(words, process.exitcode, told, talk)


def _carry_out(words: list[str], environ: dict[str, str], folder: str) -> None:
    """In the new process: its own streams, environment and words, then the program's own beginning."""
    for number, mode in enumerate(
        (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)
    ):
        stream = os.open(f"{folder}/{number}", mode, 0o600)
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = io.TextIOWrapper(io.FileIO(0), encoding="utf-8", errors="surrogateescape")
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(
            io.BufferedWriter(io.FileIO(number, "w")), encoding="utf-8", line_buffering=True
        )
        for number in (1, 2)
    )
    os.environ.clear()
    os.environ.update(environ, PYTHONPATH=str(ROOT))
    os.chdir(ROOT)
    sys.argv = ["duijie", *words]
    from tui.__main__ import main

    main()
