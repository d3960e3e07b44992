"""How far long work has come, said to whoever waits, and stopped when they no longer want it."""

from __future__ import annotations


class StoppedError(Exception):
    """Somebody pressed Esc."""


class Progress:
    """Called from the working thread with how much is done of how much; raises once it was stopped."""

    def __init__(self) -> None:
        self.done = 0
        self.of = 0
        self._is_stopped = False

    def __call__(self, done: int, of: int) -> None:
        """Note how far it is."""
        self.done, self.of = done, of
        if self._is_stopped:
            raise StoppedError

    def stop(self) -> None:
        """End the work at its next step."""
        self._is_stopped = True
