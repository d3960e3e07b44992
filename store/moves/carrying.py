"""Statements as they stand in a database's own catalogue, carried out letter by letter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection


def driver(connection: Connection) -> Any:
    """The driver's own connection beneath one of SQLAlchemy's, in the same transaction."""
    return connection.connection.driver_connection


def carry_out(connection: Connection, statement: str) -> None:
    """Run a statement in which no sign stands for a value; the driver's own errors come out of it."""
    driver(connection).execute(statement)
