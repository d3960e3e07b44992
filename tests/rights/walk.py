"""What services there are, and which of them screens and commands name."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import store.services
import tui


@cache
def services() -> dict[str, Callable[..., Any]]:
    """Every public function of `store.services` that is given a session, by module and name."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.iter_modules(store.services.__path__):
        loaded = importlib.import_module(f"store.services.{module.name}")
        for name, thing in vars(loaded).items():
            if name.startswith("_") or not inspect.isfunction(thing):
                continue
            if thing.__module__ == loaded.__name__ and _takes_session(thing):
                found[f"{module.name}.{name}"] = thing
    return found


def _takes_session(service: Callable[..., Any]) -> bool:
    return next(iter(inspect.signature(service).parameters), "") == "session"


def with_actor() -> set[str]:
    """Services that are told who acts."""
    return {name for name, f in services().items() if "by" in inspect.signature(f).parameters}


@cache
def used_by_screens() -> frozenset[str]:
    """Services that `tui` names anywhere, whatever it does with them."""
    return frozenset(
        name
        for path in sorted(Path(tui.__file__).parent.rglob("*.py"))
        for name in named_in(ast.parse(path.read_text(encoding="utf-8")))
    )


def named_in(tree: ast.AST) -> Iterator[str]:
    """Services that a module names, under whatever name it imported theirs."""
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("store.services"):
            for one in node.names:
                if node.module == "store.services":
                    modules[one.asname or one.name] = one.name
                else:
                    yield f"{str(node.module).rpartition('.')[2]}.{one.name}"
        if isinstance(node, ast.Import):
            assert not any("store.services" in one.name for one in node.names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            home = modules.get(node.value.id)
            if home is not None:
                yield f"{home}.{node.attr}"
