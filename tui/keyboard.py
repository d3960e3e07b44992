"""What comes from the terminal: bytes in any encoding, pastes of any length, floods; none ends a session."""

from __future__ import annotations

import logging
import os
import re
import select
import selectors
import signal
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import ScreenStackError
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.messages import InBandWindowResize

MOST_PASTED = 200_000  # characters of one paste; every field takes far fewer, and says so
LONGEST_TYPED = 200  # more than that at once, without a key between, is no typing
MOST_TYPED = 5000  # more than that without a pause is nobody's typing either
_PAUSE_IN_PASTE = 3.0  # seconds after which a paste that did not end is over
_MOST_WAITING = 500
_READ = 4096
LONGEST_GOODBYE = 5  # seconds; then the system ends what waits for a terminal that is gone
_FROM, _TO = "\x1b[200~", "\x1b[201~"
_GARBLED = re.compile("\ufffd[0-9@-~]?")  # with the second byte of a GBK character
_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MOUSE = re.compile("\x1b\\[<[0-9;]+[Mm]")  # a mouse that is moved says much, and may
_RUN = re.compile(rf"[^\x00-\x1f\x7f-\x9f]{{{LONGEST_TYPED},}}")
_log = logging.getLogger(__name__)


class Garbled(Message):
    """The terminal sent what is not UTF-8."""


class Gone(Message):
    """The terminal is not there any more."""


class Flooded(Message):
    """The terminal sent more at once than is taken; the rest is left out until it pauses."""


class Pastes:
    """Text on its way to the parser: nothing but text in a paste, not too much of it, floods as pastes."""

    def __init__(self) -> None:
        self.is_open = False
        self.typed = 0  # characters outside pastes since the last pause
        self._before = ""  # the last characters outside, or perhaps the beginning of the end
        self._room = 0

    def strained(self, text: str) -> str:
        """What the parser may see of the text that came."""
        told = []
        while text:
            part, text = self._inside(text) if self.is_open else self._outside(text)
            told.append(part)
        return "".join(told)

    def end(self) -> str:
        """The end of a paste that never came."""
        self.is_open, self._before = False, ""
        return _TO

    def _outside(self, text: str) -> tuple[str, str]:
        """Keys up to where a paste begins, whose mark may have begun in the text before."""
        known = self._before + text
        at = known.find(_FROM)
        self.typed += len(_MOUSE.sub("", text if at < 0 else known[len(self._before) : at]))
        if at < 0:
            self._before = known[1 - len(_FROM) :]
            return "" if self.typed > MOST_TYPED else _RUN.sub(rf"{_FROM}\g<0>{_TO}", text), ""
        cut = at + len(_FROM) - len(self._before)
        self.is_open, self._before, self._room = True, "", MOST_PASTED
        return _FROM if self.typed > MOST_TYPED else text[:cut], text[cut:]

    def _inside(self, text: str) -> tuple[str, str]:
        """Text up to where the paste ends; what may be the beginning of its end waits."""
        known = self._before + text
        head, mark, rest = known.partition(_TO)
        if mark:
            self.is_open, self._before = False, ""
            return self._kept(head) + mark, rest
        waits = next((n for n in range(len(_TO) - 1, 0, -1) if known.endswith(_TO[:n])), 0)
        self._before = known[len(known) - waits :]
        return self._kept(known[: len(known) - waits]), ""

    def _kept(self, text: str) -> str:
        kept = _UNPRINTED.sub("", text)[: self._room]
        self._room -= len(kept)
        return kept


class Keyboard(LinuxDriver):
    """The framework's terminal, read so that no byte ends the session and no flood fills the memory."""

    @property
    def can_suspend(self) -> bool:
        """There is no shell to go to."""
        return False

    def run_input_thread(self) -> None:
        """Read until the app leaves or the terminal is gone."""
        decode = getincrementaldecoder("utf-8")("replace").decode
        self._pastes, self._parser = Pastes(), XTermParser()
        heard = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    data = self._read()
                    if not data:
                        return
                    heard = time.monotonic()
                    self._take(decode(data))
                else:
                    if self._pastes.typed > MOST_TYPED:  # said again, behind what came of the keys
                        self.send_message(Flooded())
                    self._pastes.typed = 0
                    if self._pastes.is_open and time.monotonic() - heard > _PAUSE_IN_PASTE:
                        self._send(self._parser.feed(self._pastes.end()))
                self._send(self._parser.tick())
                self._wait_for_room()

    def _read(self) -> bytes:
        """What the terminal sent; nothing when it is gone."""
        try:
            data = os.read(self.fileno, _READ)
        except OSError:
            data = b""
        if not data:
            signal.alarm(LONGEST_GOODBYE)
            self.send_message(Gone())
        return data

    def _take(self, text: str) -> None:
        told = _GARBLED.sub("", text)
        if told != text:
            self.send_message(Garbled())
        was_flooded = self._pastes.typed > MOST_TYPED
        strained = self._pastes.strained(told)
        if not was_flooded and self._pastes.typed > MOST_TYPED:
            self.send_message(Flooded())
        try:
            self._send(
                self._parser.feed(strained) if strained else ()
            )  # nothing would end the parser
        except Exception:  # noqa: BLE001 - whatever the framework makes of a sequence, the session goes on
            _log.warning("a sequence from the terminal was not understood")
            self._pastes, self._parser = Pastes(), XTermParser()

    def _send(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def process_message(self, message: Message) -> None:
        """Hand a message on; how large the window is says the system, not what is typed."""
        if not isinstance(message, events.Resize | InBandWindowResize):
            super().process_message(message)

    def _wait_for_room(self) -> None:
        """Leave what is typed in the terminal while the app is busy with what was typed before."""
        while not self.exit_event.is_set():
            arrived = threading.Event()
            self._loop.call_soon_threadsafe(arrived.set)
            while not arrived.wait(0.05):
                if self.exit_event.is_set() or self._is_hung_up():
                    return
            if self._waiting() < _MOST_WAITING:
                return
            time.sleep(0.005)

    def _is_hung_up(self) -> bool:
        """Whether the terminal is gone, asked here because the app may be waiting to draw on it."""
        line = select.poll()
        line.register(self.fileno, 0)
        return bool(line.poll(0))

    def _waiting(self) -> int:
        """How many messages wait where keys go."""
        try:
            screen = self._app.screen
        except ScreenStackError:
            return self._app.message_queue_size
        pumps = (self._app, screen, screen.focused)
        return sum(pump.message_queue_size for pump in pumps if pump is not None)
