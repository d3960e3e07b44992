"""Where everything of one installation is: names and places, from which the plan is made."""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

from store.errors import InvalidError
from tui.settings import APP

CODE = Path(__file__).resolve().parents[2]
_ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,26}")
_PLAIN = re.compile(r"/[A-Za-z0-9._/+-]*")  # what sh, sshd, sudo and systemd read alike, unquoted


@dataclass(frozen=True, slots=True)
class Layout:
    """The account, the folders and the program of one installation.

    `root` is the folder that stands for `/`: another one while an image or a test is made.
    """

    account: str = APP
    prefix: Path = Path("/opt") / APP
    root: Path = Path("/")
    db: str = ""
    port: int = 0
    python: Path = field(default_factory=lambda: Path(sys.executable))
    code: Path = CODE

    def __post_init__(self) -> None:
        if not _ACCOUNT.fullmatch(self.account) or self.account == "root":
            raise InvalidError("account_name", name=self.account)
        for path in (self.prefix, self.python, self.code):
            if not _PLAIN.fullmatch(str(path)) or ".." in path.parts:
                raise InvalidError("path_awkward", path=str(path))

    @property
    def people(self) -> str:
        """The group of those who come in by sudo, with accounts of their own."""
        return f"{self.account}-desk"

    @property
    def home(self) -> Path:
        """The account's home, which holds the store."""
        return Path("/var/lib") / self.account

    @property
    def store(self) -> str:
        """The path or URL of the store."""
        return self.db or str(self.home / f"{APP}.db")

    @property
    def store_folder(self) -> Path | None:
        """The folder of a SQLite store, None for a server."""
        return None if "://" in self.store else Path(self.store).parent

    @property
    def backups(self) -> Path:
        """The folder of backups and of the chain's heads."""
        return (self.store_folder or self._own(Path("/var/lib")) / APP) / "backups"

    @property
    def metrics(self) -> Path:
        """The folder of the text file with metrics, which other programs may read."""
        return Path("/var/lib") / f"{self.account}-metrics"

    @property
    def runtime(self) -> Path:
        """The folder of the session host's socket."""
        return Path("/run") / self.account

    @property
    def settings(self) -> Path:
        """The settings of the server; another account than the usual one has a folder for itself."""
        return self._own(Path("/etc")) / APP / "config.toml"

    @property
    def environment(self) -> tuple[tuple[str, str], ...]:
        """What the program finds around it, whoever starts it."""
        return (
            ("HOME", str(self.home)),
            ("PATH", "/usr/bin:/bin"),
            ("LANG", "C.UTF-8"),
            ("LC_ALL", "C.UTF-8"),
            ("XDG_CONFIG_HOME", str(self._own(Path("/etc")))),
            ("XDG_DATA_HOME", str(self._own(Path("/var/lib")))),
            ("XDG_STATE_HOME", str(self.home / "state")),
            ("XDG_RUNTIME_DIR", str(self.runtime)),
        )

    def as_written(self) -> Layout:
        """The same with the store that the settings name, unless another one was asked for."""
        try:
            said = tomllib.loads(self.real(self.settings).read_text(encoding="utf-8")).get("db", "")
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
            return self
        is_usual = self.db or not isinstance(said, str) or said == self.store
        return self if is_usual else replace(self, db=said)

    def script(self, name: str) -> Path:
        """One of the programs that the outside calls."""
        return self.prefix / "bin" / name

    def real(self, path: Path) -> Path:
        """Where a path is while `root` stands for `/`."""
        return self.root / path.relative_to("/")

    @property
    def is_here(self) -> bool:
        """Whether it is this machine that is installed, and not a folder that stands for one."""
        return self.root == Path("/")

    def _own(self, folder: Path) -> Path:
        return folder if self.account == APP else folder / self.account
