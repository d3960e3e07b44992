"""What the shell completes, asked of the shells themselves where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tui.cli import run

pytest.importorskip("shtab")

ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
"$(complete -p duijie | sed 's/.*-F \\([^ ]*\\).*/\\1/')" duijie "${COMP_WORDS[$COMP_CWORD]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The script for bash."""
    assert run(["completion", "bash"]) == 0
    path = tmp_path / "duijie.bash"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return path


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("pro", {"profile", "proposal", "propose"}),
        ("proposal acc", {"accept"}),
        ("list inst", {"institution", "instructor"}),
        ("allocate policy ", {"set"}),
        ("--glyphs a", {"auto", "ascii"}),
        ("calls log P000001 E001 no", {"no_answer"}),
    ],
)
def test_bash_completes(script: Path, typed: str, wanted: set[str]) -> None:
    words = ["duijie", *typed.split(" ")]
    done = subprocess.run(
        ["bash", "-c", ASK, "ask", str(script), *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert wanted <= set(done.stdout.split())
    assert all(word.startswith(words[-1]) for word in done.stdout.split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_script_is_one_that_its_shell_takes(
    shell: str, lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", lang, "completion", shell]) == 0
    text = capsys.readouterr().out
    assert "what-if" in text
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    path = tmp_path / "script"
    path.write_text(text, encoding="utf-8")
    done = subprocess.run([shell, "-n", str(path)], capture_output=True, check=False, timeout=20)
    assert done.returncode == 0, done.stderr
