"""Settings: one TOML file and a few environment variables, checked once."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from platformdirs import user_config_path, user_data_path, user_state_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from store.errors import InvalidError
from store.schemas.actor import Actor
from tui.i18n import preferred
from tui.remembered import Remembered

if TYPE_CHECKING:
    from store import Store

APP = "duijie"
_PASSWORD = re.compile(r"(://[^:/@]*):[^@]*@")
SMALLEST = (80, 24)  # columns and lines that the desk needs


class Settings(BaseModel):
    """What a person may set; the file is `config.toml` in the user's configuration folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    db: str = Field(default_factory=lambda: str(user_data_path(APP) / "duijie.db"))
    read_db: str | None = None
    lang: Literal["zh", "en"] = Field(default_factory=lambda: "en" if preferred() == "en" else "zh")
    start: Literal["dashboard", "needs", "calls"] = "dashboard"
    theme: str = "auto"
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    semantic: bool = False
    idle_seconds: Annotated[int, Field(ge=0, le=86400)] = 0
    keys: dict[str, str] = Field(default_factory=dict)


def config_file() -> Path:
    """Where the settings are read from."""
    return user_config_path(APP) / "config.toml"


def demo_db() -> str:
    """Where the demo district lives."""
    return str(user_data_path(APP) / "demo.db")


def export_file(name: str) -> Path:
    """Where a file that a screen writes for this person goes."""
    return user_data_path(APP) / "exports" / name


def runs_folder() -> Path:
    """Where results of long work are kept until all of it is done."""
    return user_state_path(APP) / "runs"


def log_file(login: str | None = None) -> Path:
    """Where a log is written: this person's, or on an account that many share that of one login."""
    if login is None:
        return user_state_path(APP) / "duijie.log"
    is_plain = re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}", login)
    name = login if is_plain else hashlib.sha256(login.encode()).hexdigest()[:16]
    return user_state_path(APP) / "log" / f"{name}.log"


def without_password(location: str) -> str:
    """The place of a store as it may be shown."""
    return _PASSWORD.sub(r"\1:***@", location)


def backup_folder(location: str) -> Path:
    """Where backups of a store are kept when nothing else is said."""
    from store import backups

    return backups.folder(location) or user_data_path(APP) / "backups"


def desk_of(store: Store, by: Actor) -> Remembered:
    """What this person's desk keeps for this store."""
    return Remembered(user_state_path(APP) / "desk", str(store.url), by.login)


def load() -> Settings:
    """The file's settings, with the environment's on top."""
    path = config_file()
    values: dict[str, object] = {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        pass
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InvalidError("settings_broken", path=str(path), cause=str(error)) from error
    if os.environ.get("DUIJIE_DB"):
        values.pop("read_db", None)  # which follows the store of the file
    for name in ("db", "read_db", "lang", "start", "theme", "glyphs"):
        value = os.environ.get(f"DUIJIE_{name.upper()}")
        if value:
            values[name] = value
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidError("settings_wrong", path=str(path), name=where) from error
