"""Draw screens of the demo as SVG files beside this one: `make pictures`.

Each character is placed at its own cell, so that Chinese lines up whatever font the reader has.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.style import Style

from seed import demo
from store.services import reference
from tui import i18n
from tui.settings import Settings

WIDTH, HEIGHT = 9, 20
FONT = "'Sarasa Mono SC', 'Noto Sans Mono CJK SC', 'Noto Sans CJK SC', 'Microsoft YaHei', monospace"
SHOTS = {
    "needs": ("f2", *"rpjm", "tab", *"数控车工四级"),
    "match": ("3", "f8"),
    "offerings": ("4", "down", "down", "down", "enter"),
}


def colour(style: Style, ground: bool, fallback: str) -> str:
    """The colour of a style as hexadecimal digits."""
    chosen = style.bgcolor if ground != bool(style.reverse) else style.color
    if chosen is None or chosen.is_default:
        return fallback
    return chosen.get_truecolor().hex


def svg(strips: list[object], columns: int) -> str:
    """The lines of a screen as one SVG picture."""
    rows = len(strips)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns * WIDTH} {rows * HEIGHT}" '
        f'font-family="{FONT}" font-size="15">',
        f'<rect width="{columns * WIDTH}" height="{rows * HEIGHT}" fill="#121212"/>',
    ]
    for y, strip in enumerate(strips):
        x = 0
        for segment in strip:  # type: ignore[attr-defined]
            style = segment.style or Style()
            width = cell_len(segment.text)
            back = colour(style, True, "#121212")
            if back != "#121212":
                parts.append(
                    f'<rect x="{x * WIDTH}" y="{y * HEIGHT}" width="{width * WIDTH}" '
                    f'height="{HEIGHT}" fill="{back}"/>'
                )
            places, at = [], x
            for character in segment.text:
                places.append(str(at * WIDTH))
                at += cell_len(character)
            if segment.text.strip():
                bold = ' font-weight="bold"' if style.bold else ""
                parts.append(
                    f'<text xml:space="preserve" x="{" ".join(places)}" y="{y * HEIGHT + 15}" '
                    f'fill="{colour(style, False, "#e0e0e0")}"{bold}>{escape(segment.text)}</text>'
                )
            x = at
    return "\n".join([*parts, "</svg>\n"])


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
            app = DuijieApp(gateway, Settings(db="", lang="zh"))
            async with app.run_test(size=size) as pilot:
                for key in keys:
                    await pilot.press(key)
                    await pilot.pause(0.3 if len(key) > 1 or key in "34" else 0.02)
                await pilot.pause(1)
                strips = app.screen._compositor.render_strips()  # noqa: SLF001
                path = folder / f"{name}-{language}.svg"
                path.write_text(svg(list(strips), size[0]), encoding="utf-8")
        store.close()


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["zh", "en"]:
        asyncio.run(draw(chosen, (110, 32), Path(__file__).parent))
