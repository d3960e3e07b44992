"""The themes as data, and which of them this terminal can show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import App
from textual.theme import Theme

from tui.i18n import mark

DARK, LIGHT, CONTRAST, COLORBLIND, ANSI = (
    "duijie-dark",
    "duijie-light",
    "duijie-contrast",
    "duijie-colorblind",
    "duijie-ansi",
)

WORDS: Mapping[str, str] = {
    DARK: mark("Theme: dark"),
    LIGHT: mark("Theme: light"),
    CONTRAST: mark("Theme: high contrast"),
    COLORBLIND: mark("Theme: for colour-blind eyes"),
    ANSI: mark("Theme: the terminal's own 16 colours"),
}

THEMES = (
    Theme(
        name=DARK,
        primary="#5AA9E6",
        secondary="#7FD1C7",
        accent="#FFC857",
        warning="#FFB454",
        error="#FF7B72",
        success="#7EE08A",
        foreground="#E6E6E6",
        background="#11151A",
        surface="#161B22",
        panel="#1F2630",
        variables={
            "block-cursor-background": "#17405F",
            "block-cursor-foreground": "#FFFFFF",
            "input-selection-background": "#17405F",
            "input-selection-foreground": "#FFFFFF",
            "primary-darken-2": "#1F4E79",
            "text-muted": "auto 72%",
            "text-disabled": "auto 66%",
        },
    ),
    Theme(
        name=LIGHT,
        primary="#1F5FA8",
        secondary="#00615B",
        accent="#7A3E00",
        warning="#7A4B00",
        error="#A11226",
        success="#17642B",
        foreground="#1A1A1A",
        background="#FAFAF7",
        surface="#FFFFFF",
        panel="#ECEEF1",
        dark=False,
        variables={
            "block-cursor-background": "#123F73",
            "block-cursor-foreground": "#FFFFFF",
            "input-selection-background": "#123F73",
            "input-selection-foreground": "#FFFFFF",
            "primary-darken-2": "#123F73",
            "text-muted": "auto 78%",
            "text-disabled": "auto 70%",
        },
    ),
    Theme(
        name=CONTRAST,
        primary="#FFFF00",
        secondary="#7CFFFF",
        accent="#FFFF00",
        warning="#FFD700",
        error="#FFB0A8",
        success="#8CFF9E",
        foreground="#FFFFFF",
        background="#000000",
        surface="#000000",
        panel="#000000",
        variables={
            "block-cursor-background": "#FFFF00",
            "block-cursor-foreground": "#000000",
            "input-selection-background": "#FFFF00",
            "input-selection-foreground": "#000000",
            "primary-darken-2": "#000000",
            "border-blurred": "#FFFFFF",
            "text": "auto 100%",
            "text-muted": "auto 92%",
            "text-disabled": "auto 85%",
        },
    ),
    # Okabe and Ito's colours, told apart by red-green and by blue-yellow blind eyes.
    Theme(
        name=COLORBLIND,
        primary="#56B4E9",
        secondary="#009E73",
        accent="#F0E442",
        warning="#E69F00",
        error="#D55E00",
        success="#009E73",
        foreground="#F2F2F2",
        background="#000000",
        surface="#060606",
        panel="#0C0C0C",
        variables={
            "block-cursor-background": "#003E61",
            "block-cursor-foreground": "#FFFFFF",
            "input-selection-background": "#003E61",
            "input-selection-foreground": "#FFFFFF",
            "primary-darken-2": "#004F7C",
            "text-muted": "auto 76%",
            "text-disabled": "auto 68%",
        },
    ),
    Theme(
        name=ANSI,
        ansi=True,
        primary="ansi_blue",
        secondary="ansi_cyan",
        accent="ansi_magenta",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={
            "ansi-background": "ansi_black",
            "ansi-foreground": "ansi_white",
            "primary-darken-2": "ansi_default",
            "text-muted": "ansi_default",
            "text-disabled": "ansi_default",
            "border-blurred": "ansi_default",
            "block-cursor-foreground": "ansi_black",
            "block-cursor-background": "ansi_white",
            "block-cursor-blurred-foreground": "ansi_default",
            "input-selection-background": "ansi_cyan",
            "input-selection-foreground": "ansi_black",
        },
    ),
)


def register(app: App[Any]) -> None:
    """Make the themes known to an app."""
    for theme in THEMES:
        app.register_theme(theme)


def fitting(app: App[Any], wanted: str) -> str:
    """The theme that is wanted; `auto` and unknown names become what the terminal can show."""
    if app.no_color:
        return ANSI
    if wanted in app.available_themes:
        return wanted
    return DARK if app.console.color_system in ("256", "truecolor") else ANSI


def wear(app: App[Any], wanted: str) -> str:
    """Change the theme at once; the name that was put on is what to keep for the next session."""
    app.theme = fitting(app, wanted)
    return app.theme
