"""The language of the session: English sentences are the keys, zh_CN is the catalogue beside them."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LANGUAGES = ("zh", "en")
_LOCALE = Path(__file__).parent / "locale"
_current: gettext.NullTranslations = gettext.NullTranslations()
_chinese: gettext.NullTranslations | None = None
_language = "en"


def use(language: str) -> None:
    """Choose the language; call it before screens are imported."""
    global _current, _language  # noqa: PLW0603 - one session, one language
    _language = language
    if language == "zh":
        _current = gettext.translation("duijie", _LOCALE, languages=["zh_CN"])
    else:
        _current = gettext.NullTranslations()


@contextmanager
def using(language: str) -> Iterator[None]:
    """Another language for a while, such as that of a document; nothing else may be told meanwhile."""
    before = _language
    use(language)
    try:
        yield
    finally:
        use(before)


def language() -> str:
    """The language in use, `zh` or `en`."""
    return _language


def _(message: str) -> str:
    """A sentence in the session's language."""
    return _current.gettext(message)


def in_chinese(message: str) -> str:
    """A sentence in Chinese, whatever the session's language; for finding it by either."""
    global _chinese  # noqa: PLW0603 - read once, when first asked for
    if _chinese is None:
        _chinese = gettext.translation("duijie", _LOCALE, languages=["zh_CN"])
    return _chinese.gettext(message)


def mark(message: str) -> str:
    """A sentence to be translated later, where it is shown."""
    return message


def preferred() -> str:
    """The language that the environment asks for; Chinese when it says nothing."""
    for variable in ("DUIJIE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value.startswith(LANGUAGES):
            return value[:2]
    return "zh"
