"""Draw screens of the demo as SVG files beside this one: `make pictures`.

Each character is placed at its own cell, so that Chinese lines up whatever font the reader has.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from sqlalchemy.orm import Session
from textual.pilot import Pilot

from seed import demo
from store.services import allocation, allotment, answers, inbox, proposals, reference
from store.services.repair import Trouble
from tui import i18n
from tui.settings import Settings

WIDTH, HEIGHT = 9, 22
BLOCKS = {"▇": 0.75, "▁": 0.12, "▅": 0.6, "▃": 0.4, "█": 1.0}
FONT = "'Sarasa Mono SC', 'Noto Sans Mono CJK SC', 'Noto Sans CJK SC', 'Microsoft YaHei', monospace"
SHOTS = {
    "needs": ("f2", *"rpjm", "tab", *"数控车工四级"),
    "match": ("3", "f8"),
    "offerings": ("4", "enter"),
    "proposals": ("7", "down"),
    "classes": ("8",),
    "calls": ("9",),
    "pools": ("0",),
    "allocation": ("0", "v", "down"),
    "what-if": ("0", "v", "v"),
}
WAITS = {*"34", "0", "v"}  # keys after which the screen works for a while


def colour(style: Style, ground: bool, fallback: str) -> str:
    """The colour of a style as hexadecimal digits."""
    chosen = style.bgcolor if ground != bool(style.reverse) else style.color
    if chosen is None or chosen.is_default:
        return fallback
    return chosen.get_truecolor().hex


def svg(strips: list[list[Segment]], columns: int) -> str:
    """The lines of a screen as one SVG picture: first every ground, then every character."""
    size = f"{columns * WIDTH} {len(strips) * HEIGHT}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" font-family="{FONT}" font-size="18">',
        rectangle(0, 0, columns, len(strips) * HEIGHT, "#121212"),
    ]
    texts: list[str] = []
    for y, strip in enumerate(strips):
        x = 0
        for segment in strip:
            style = segment.style or Style()
            back = colour(style, True, "#121212")
            if back != "#121212":
                parts.append(rectangle(x, y * HEIGHT, cell_len(segment.text), HEIGHT, back))
            for found in re.finditer(r"\S+", segment.text):
                at = x + cell_len(segment.text[: found.start()])
                texts.extend(
                    word(found[0], at, y, colour(style, False, "#e0e0e0"), bool(style.bold))
                )
            x += cell_len(segment.text)
    return "\n".join([*parts, *texts, "</svg>\n"])


def rectangle(x: int, top: int, cells: int, height: int, fill: str) -> str:
    """A filled box so many cells wide."""
    return (
        f'<rect x="{x * WIDTH}" y="{top}" width="{cells * WIDTH}" height="{height}" fill="{fill}"/>'
    )


def word(text: str, x: int, y: int, fill: str, bold: bool) -> Iterator[str]:
    """Characters each at its cell; blocks are drawn, since fonts differ about their width."""
    places, kept = [], ""
    for character in text:
        if character in BLOCKS:
            height = round(HEIGHT * BLOCKS[character])
            yield rectangle(x, (y + 1) * HEIGHT - height, 1, height, fill)
        else:
            places.append(str(x * WIDTH))
            kept += character
        x += cell_len(character)
    if kept:
        weight = ' font-weight="bold"' if bold else ""
        yield (
            f'<text x="{" ".join(places)}" y="{y * HEIGHT + 17}" fill="{fill}"{weight}>'
            f"{escape(kept)}</text>"
        )


async def draw(language: str, size: tuple[int, int], folder: Path) -> None:
    """Each shot in one language."""
    i18n.use(language)
    from tui.app import DuijieApp
    from tui.gateway import Gateway

    with tempfile.TemporaryDirectory() as made:
        store = demo.build(f"{made}/demo.db", date(2026, 11, 21))
        today = store.read(reference.today)
        for name, keys in SHOTS.items():
            gateway = Gateway(store, demo.OPERATOR, today, is_demo=True)
            app = DuijieApp(gateway, Settings(db="", lang="zh", theme="duijie-dark"))
            async with app.run_test(size=size) as pilot:
                for key in keys:
                    await pilot.press(key)
                    await pilot.pause(0.3 if len(key) > 1 or key in WAITS else 0.02)
                await _worked(pilot)
                strips = app.screen._compositor.render_strips()
                path = folder / f"{name}-{language}.svg"
                path.write_text(svg([list(strip) for strip in strips], size[0]), encoding="utf-8")
        store.write(_afternoon)
        gateway = Gateway(store, demo.OPERATOR, today, is_demo=True)
        app = DuijieApp(gateway, Settings(db="", lang="zh", theme="duijie-dark"))
        async with app.run_test(size=size) as pilot:
            app.open_repair(Trouble("instructor", "I030", date(2026, 11, 23), date(2026, 11, 29)))
            await pilot.pause(0.3)
            await _worked(pilot)
            strips = app.screen._compositor.render_strips()
            path = folder / f"repair-{language}.svg"
            path.write_text(svg([list(strip) for strip in strips], size[0]), encoding="utf-8")
        store.close()


async def _worked(pilot: Pilot[None]) -> None:
    """Until nothing is being worked out any more."""
    while any(worker.is_running and worker.group == "plan" for worker in pilot.app.workers):
        await pilot.pause(0.3)
    await pilot.pause(1)


def _afternoon(session: Session) -> None:
    """Noon's plan held, sent, agreed to and booked."""
    noon, by = datetime(2026, 11, 21, 4, tzinfo=UTC), demo.OPERATOR
    found = allocation.outlook(session, by=by, today=date(2026, 11, 21))
    made = allotment.apply(session, found, by=by, now=noon)
    allotment.send(session, made.code, by=by, now=noon)
    for code in made.proposals:
        for answer in inbox.proposal(session, code, by=by).answers:
            answers.accept(session, code, by=by, now=noon, party=answer.party)
        proposals.confirm(session, code, by=by, now=noon)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["zh", "en"]:
        asyncio.run(draw(chosen, (110, 32), Path(__file__).parent))
