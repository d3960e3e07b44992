"""Pages to print: the sign-in sheet of a class and the file of one person, as one HTML file or as text."""

from __future__ import annotations

import html
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from store.errors import InvalidError
from store.services.attendance import Grid, Lesson
from tui.i18n import _, language
from tui.safe import clean, pad
from tui.trainee_text import lesson_word

_STYLE = """
@page { size: A4; margin: 12mm; }
body { font: 11pt "Noto Sans CJK SC", "Microsoft YaHei", "SimSun", sans-serif; margin: 0; color: #000; }
header { display: flex; justify-content: space-between; align-items: flex-start; }
h1 { font-size: 15pt; margin: 0 0 2mm; } p { margin: 1mm 0; }
table { border-collapse: collapse; width: 100%; margin-top: 3mm; }
th, td { border: 0.3mm solid #000; padding: 1.2mm 1.5mm; text-align: left; font-size: 10pt; }
td.sign { height: 7mm; } section { page-break-after: always; } section:last-child { page-break-after: auto; }
pre { font: 10pt monospace; white-space: pre-wrap; } svg { width: 24mm; height: 24mm; }
"""
_WIDTHS = (4, 10, 14, 20)


def sign_in_page(grid: Grid, lessons: Sequence[Lesson]) -> str:
    """Sign-in sheets, one page a session, each with a QR code of class and session."""
    pages = "".join(_section(grid, lesson) for lesson in lessons)
    return page(_("Sign-in sheet {code}").format(code=grid.code), pages)


def sign_in_text(grid: Grid, lessons: Sequence[Lesson]) -> Iterator[str]:
    """The same as lines."""
    for lesson in lessons:
        yield f"{grid.code}  {grid.title}"
        yield f"{lesson_word(lesson)}  {session_code(grid, lesson)}"
        yield " ".join(pad(word, wide) for word, wide in zip(_headings(), _WIDTHS, strict=False))
        for at, line in enumerate(grid.lines, 1):
            cells = (str(at), line.seat.trainee, line.seat.name, line.seat.enterprise)
            yield (
                " ".join(pad(cell, wide) for cell, wide in zip(cells, _WIDTHS, strict=True))
                + " ____"
            )
        yield ""


def person_page(title: str, lines: Sequence[str]) -> str:
    """A file as a page for the person it is about."""
    text = html.escape("\n".join(clean(line) for line in lines))
    heading = html.escape(clean(title))
    return page(title, f"<section><h1>{heading}</h1><pre>{text}</pre></section>")


def require_new(path: Path) -> None:
    """That a new file of this name can be made, looked at before anything is opened for it."""
    if path.exists():
        raise InvalidError("file_exists", path=str(path))
    if not path.parent.is_dir():
        raise InvalidError("no_folder", path=str(path.parent))
    if not os.access(path.parent, os.W_OK):
        raise InvalidError("file_closed", path=str(path.parent))


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner reads; OSError where there is one of that name, or none can be."""
    with path.open("x", encoding="utf-8") as file:
        path.chmod(0o600)
        file.write(text)


def session_code(grid: Grid, lesson: Lesson) -> str:
    """What the QR code of a session says: class, day and beginning."""
    return f"{grid.code}/{lesson.day.isoformat()}/{max(0, lesson.start):04d}"


def _section(grid: Grid, lesson: Lesson) -> str:
    heads = "".join(f"<th>{html.escape(word)}</th>" for word in _headings())
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{html.escape(clean(cell))}</td>"
            for cell in (str(at), line.seat.trainee, line.seat.name, line.seat.enterprise)
        )
        + '<td class="sign"></td><td class="sign"></td></tr>'
        for at, line in enumerate(grid.lines, 1)
    )
    title = html.escape(clean(f"{grid.code} {grid.title}"))
    when = html.escape(lesson_word(lesson))
    teacher = html.escape(_("Instructor: __________"))
    return (
        f"<section><header><div><h1>{title}</h1><p>{when}</p><p>{teacher}</p></div>"
        f"{_qr(session_code(grid, lesson))}</header>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _headings() -> tuple[str, ...]:
    return ("#", _("Code"), _("Name"), _("Enterprise"), _("Came"), _("Left"))


def _qr(text: str) -> str:
    """A QR code drawn in the page itself."""
    import segno

    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2
    )
    return drawn.getvalue().decode()


def page(title: str, body: str) -> str:
    """A whole page around what stands in it."""
    lang = "zh-CN" if language() == "zh" else "en"
    head = (
        f'<meta charset="utf-8"><title>{html.escape(clean(title))}</title><style>{_STYLE}</style>'
    )
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>\n'
