"""Draw screens of the demo as SVG files beside this one: `make pictures`.

Each character is placed at its own cell, so that Chinese lines up whatever font the reader has.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from sqlalchemy.orm import Session
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from seed import demo
from store.services import allocation, allotment, answers, inbox, proposals
from store.services.repair import Trouble
from tui import i18n
from tui.gateway import Gateway
from tui.remembered import Remembered
from tui.settings import Settings

DAY = date(2026, 11, 21)
GROUND, LETTERS = "#11151A", "#E6E6E6"  # of the theme the pictures are drawn in
WIDTH, HEIGHT = 9, 22
BLOCKS = {sign: (at + 1) / 8 for at, sign in enumerate("▁▂▃▄▅▆▇█")}
ARMS = {  # of a line in its cell: which sides it reaches
    **{"─": "lr", "│": "ud", "╭": "rd", "╮": "ld", "╰": "ur", "╯": "ul"},
    **{
        "┌": "rd",
        "┐": "ld",
        "└": "ur",
        "┘": "ul",
        "├": "urd",
        "┤": "uld",
        "┬": "lrd",
        "┴": "ulr",
        "┼": "ulrd",
    },
}
SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
# Runs of ASCII, runs of characters two cells wide, lines, and every other sign by itself.
PARTS = re.compile(r"[!-~]+|[\u3000-\u303f\u3400-\u9fff\uff01-\uff60]+|─+|.")
FONT = "'Sarasa Mono SC', 'Noto Sans Mono CJK SC', 'Noto Sans CJK SC', 'Microsoft YaHei', monospace"
SHOTS = {
    "dashboard": ("1",),
    "needs": ("2", "f2", *"rpjm1", "tab", *"skcg 4 5p bl sat"),
    "filter": ("2", "f", *"skcg"),
    "paste": ("2", "f2", "PASTE", "n"),
    "match": ("2", "3", "f8"),
    "sessions": ("2", "3", "f8", "s"),
    "compare": ("2", "3", "f8", "space", "down", "space", "equals_sign"),
    "offerings": ("4", "enter"),
    "board": ("5", "f8", "down", "down", "down", "right", "right", "right"),
    "analysis": ("6", "down"),
    "proposals": ("7", "down"),
    "classes": ("8",),
    "calls": ("9",),
    "pools": ("0",),
    "allocation": ("0", "v", "down"),
    "what-if": ("0", "v", "v"),
    "commands": ("2", "colon", *"xq"),
    "find": ("2", "slash", *"skcg"),
    "help": ("2", "f2", *"rpjm1", "tab", "f1"),
}
PASTED = {
    "zh": "企业\t工种\t人数\t截止\nrpjm\t数控车工四级\t5\t12-31\nE002\t焊工\t很多\t\nE003\t叉车司机\t2\t月底",
    "en": (
        "Enterprise\tNeed\tHeads\tLatest\nrpjm\t数控车工四级\t5\t12-31\nE002\t焊工\tmany\t\n"
        "E003\t叉车司机\t2\tend of January"
    ),
}
KEPT = ("skcg", "bl 四级")  # filters that the person of the pictures keeps


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
        rectangle(0, 0, columns, len(strips) * HEIGHT, GROUND),
    ]
    texts: list[str] = []
    for y, strip in enumerate(strips):
        x = 0
        for segment in strip:
            style = segment.style or Style()
            back = colour(style, True, GROUND)
            if back != GROUND:
                parts.append(rectangle(x, y * HEIGHT, cell_len(segment.text), HEIGHT, back))
            for found in re.finditer(r"\S+", segment.text):
                at = x + cell_len(segment.text[: found.start()])
                texts.extend(word(found[0], at, y, colour(style, False, LETTERS), bool(style.bold)))
            x += cell_len(segment.text)
    return "\n".join([*parts, *texts, "</svg>\n"])


def rectangle(x: int, top: int, cells: int, height: int, fill: str, shade: float = 1) -> str:
    """A filled box so many cells wide."""
    opacity = f' opacity="{shade}"' if shade < 1 else ""
    return (
        f'<rect x="{x * WIDTH}" y="{top}" width="{cells * WIDTH}" height="{height}" '
        f'fill="{fill}"{opacity}/>'
    )


def word(text: str, x: int, y: int, fill: str, bold: bool) -> Iterator[str]:
    """Characters each at its cell; blocks and lines are drawn, since fonts differ about their width."""
    strokes, weight = [], ' font-weight="bold"' if bold else ""
    for part in PARTS.findall(text):
        if part in BLOCKS:
            height = round(HEIGHT * BLOCKS[part])
            yield rectangle(x, (y + 1) * HEIGHT - height, 1, height, fill)
        elif part in SHADES:
            yield rectangle(x, y * HEIGHT, 1, HEIGHT, fill, SHADES[part])
        elif part[0] in ARMS:
            strokes.append(stroke(part, x, y))
        else:
            cells = range(x, x + cell_len(part), cell_len(part[0]))
            places = " ".join(str(cell * WIDTH) for cell in cells)
            shown = escape(part)
            yield f'<text x="{places}" y="{y * HEIGHT + 17}" fill="{fill}"{weight}>{shown}</text>'
        x += cell_len(part)
    if strokes:
        yield f'<path d="{"".join(strokes)}" stroke="{fill}" fill="none"/>'


def stroke(part: str, x: int, y: int) -> str:
    """A line in its cell as a path, or several that go on to the right."""
    middle, centre = x * WIDTH + WIDTH / 2, y * HEIGHT + HEIGHT / 2
    if part[0] == "─":
        return f"M{x * WIDTH} {centre:g}h{len(part) * WIDTH}"
    ends = {
        "l": f"h{-WIDTH / 2}",
        "r": f"h{WIDTH / 2}",
        "u": f"v{-HEIGHT / 2}",
        "d": f"v{HEIGHT / 2}",
    }
    return "".join(f"M{middle:g} {centre:g}{ends[arm]}" for arm in ARMS[part])


async def draw(language: str, size: tuple[int, int], folder: Path) -> None:
    """Each shot in one language."""
    i18n.use(language)
    from tui.app import DuijieApp

    with tempfile.TemporaryDirectory() as made:
        store = demo.build(f"{made}/demo.db", DAY)
        desk = Remembered(Path(made), str(store.url), demo.OPERATOR.login)
        desk.put("filters", dict.fromkeys(KEPT, "N000076"))

        def opened() -> DuijieApp:
            gateway = Gateway(store, demo.OPERATOR, DAY, desk, is_demo=True)
            return DuijieApp(gateway, Settings(db="", lang="zh", theme="duijie-dark"))

        for name, keys in SHOTS.items():
            app = opened()
            async with app.run_test(size=size) as pilot:
                await _settle(pilot)
                for key in keys:
                    await _press(pilot, key, PASTED[language])
                _keep(app, size, folder / f"{name}-{language}.svg")
        store.write(_afternoon)
        app = opened()
        async with app.run_test(size=size) as pilot:
            app.open_repair(Trouble("instructor", "I030", date(2026, 11, 23), date(2026, 11, 29)))
            await _settle(pilot)
            _keep(app, size, folder / f"repair-{language}.svg")
        store.close()


async def _press(pilot: Pilot[None], key: str, pasted: str) -> None:
    """One key, or rows pasted into the focused field, and all that comes of it."""
    if key == "PASTE" and pilot.app.focused is not None:
        pilot.app.focused.post_message(events.Paste(pasted))
    else:
        await pilot.press(key)
    await _settle(pilot)


async def _settle(pilot: Pilot[None]) -> None:
    """Until nothing is being worked out any more."""
    for _round in range(3):
        await pilot.pause()
        for worker in list(pilot.app.workers):
            if worker.group not in ("dialog", "watch"):
                with suppress(WorkerCancelled):
                    await worker.wait()
    await pilot.pause()


def _keep(app: App[None], size: tuple[int, int], path: Path) -> None:
    strips = app.screen._compositor.render_strips()
    path.write_text(svg([list(strip) for strip in strips], size[0]), encoding="utf-8")


def _afternoon(session: Session) -> None:
    """Noon's plan held, sent, agreed to and booked."""
    noon, by = datetime(2026, 11, 21, 4, tzinfo=UTC), demo.OPERATOR
    found = allocation.outlook(session, by=by, today=DAY)
    made = allotment.apply(session, found, by=by, now=noon)
    allotment.send(session, made.code, by=by, now=noon)
    for code in made.proposals:
        for answer in inbox.proposal(session, code, by=by).answers:
            answers.accept(session, code, by=by, now=noon, party=answer.party)
        proposals.confirm(session, code, by=by, now=noon)


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)
    for chosen in sys.argv[1:] or ["zh", "en"]:
        asyncio.run(draw(chosen, (110, 32), Path(__file__).parent))
