"""The log: harmless to whoever reads it on a terminal, and nobody's identity number in it."""

from __future__ import annotations

import logging

from store.sensitive import masked
from tui.safe import clean


class HarmlessFormatter(logging.Formatter):
    """Lines of the log, tracebacks too, as they may be read and kept."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return masked(clean(super().format(record)))
