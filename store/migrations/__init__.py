"""Schema changes; Alembic is imported only when something has to change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Engine


def config(engine: Engine) -> Config:
    """Alembic's settings for this package's versions on an engine."""
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    found.attributes["engine"] = engine
    return found


def upgrade(engine: Engine) -> None:
    """Apply every migration that is missing."""
    from alembic import command

    command.upgrade(config(engine), "head")
