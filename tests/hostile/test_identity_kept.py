"""An identity number that is kept: nowhere in clear, not moved, not read with another key."""

from __future__ import annotations

import io
import json
import logging
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from seed.demo import OPERATOR
from seed.demo.people import KEEPER
from store import Store, backups, sealing
from store.errors import DuijieError, NotAllowedError, StoreError
from store.schemas.actor import Actor, Role
from store.schemas.trainee import TraineeDraft
from store.services import identity_numbers, trainees
from tests.tui.driving import frame, press, running
from tui import cli
from tui.widgets.form_input import FormInput

NUMBER = "11010519491231002X"  # the example of GB 11643, nobody's
COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
WHO = "H000005"


def refused(code: str, call: object) -> None:
    """A call fails with this code, and what it says holds no number."""
    with pytest.raises(DuijieError) as found:
        call()  # type: ignore[operator]
    assert found.value.code == code, found.value
    assert NUMBER[:17] not in str(found.value)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key in a folder of its own."""
    (tmp_path / "keys").mkdir()
    path = tmp_path / "keys" / "identity.key"
    sealing.make_key(path)
    return path


def test_a_number_is_kept_masked_revealed_by_reason_and_under_another_key(
    store: Store, key: Path
) -> None:
    def put(who: str, number: str) -> str:
        return store.write(identity_numbers.put, who, number, by=OPERATOR)

    def reveal(why: str, *, by: Actor) -> identity_numbers.Revealed:
        return store.write(identity_numbers.reveal, WHO, why, by=by)

    refused("identity_off", lambda: put(WHO, NUMBER))
    found = store.write(identity_numbers.switch_on, key, by=KEEPER)
    assert (found.is_on, found.count) == (True, 0)
    for wrong in ("110105194912310021", "11010519491331002X", "1101051949", "１1010519491231002X"):
        refused("identity_wrong", partial(put, WHO, wrong))
    assert put(WHO, NUMBER.lower()) == "1****************X"
    assert store.read(trainees.shown, WHO, by=OPERATOR).identity == "1****************X"
    refused("reveal_reason", lambda: reveal(" ", by=OPERATOR))
    with pytest.raises(NotAllowedError):
        reveal("想看", by=COLLEAGUE)
    with pytest.raises(NotAllowedError):
        reveal("想看", by=KEEPER)
    for by in (OPERATOR, SUPERVISOR):
        assert reveal("补贴核对", by=by).identity == NUMBER
    twin = store.write(trainees.register, TraineeDraft(name="周戊"), by=COLLEAGUE).code
    store.write(identity_numbers.put, twin, NUMBER, by=COLLEAGUE)
    rows = store.read(lambda s: trainees.alike(s, trainees.load(s, WHO, by=OPERATOR)))
    assert rows == (twin,)  # known by its digest alone
    store.write(_swap_rows)
    refused("identity_damaged", lambda: reveal("核对", by=OPERATOR))
    store.write(_swap_rows)
    other = key.with_name("other.key")
    sealing.make_key(other)
    store.write(identity_numbers.rotate, other, by=KEEPER)
    assert reveal("换钥后核对", by=OPERATOR).identity == NUMBER
    refused("identity_key_same", partial(store.write, identity_numbers.rotate, other, by=KEEPER))
    content = key.read_text(encoding="ascii")
    other.chmod(0o600)
    refused("identity_key_exposed", lambda: reveal("核对", by=OPERATOR))
    other.write_text(content, encoding="ascii")
    other.chmod(0o400)
    refused("identity_key_other", lambda: reveal("核对", by=OPERATOR))
    assert put(WHO, "") == ""
    assert store.write(identity_numbers.switch_off, by=KEEPER).count == 0
    assert store.read(trainees.shown, twin, by=COLLEAGUE).identity is None


def _swap_rows(session: object) -> None:
    """Two sealed numbers change places, as somebody with the file could do."""
    rows = session.execute(  # type: ignore[attr-defined]
        text("SELECT trainee, sealed FROM trainee_identity ORDER BY trainee")
    ).all()
    (one, first), (other, second) = rows
    for who, sealed in ((one, second), (other, first)):
        session.execute(  # type: ignore[attr-defined]
            text("UPDATE trainee_identity SET sealed = :sealed WHERE trainee = :who"),
            {"sealed": sealed, "who": who},
        )


def test_what_is_no_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    with pytest.raises(StoreError, match="identity_key_unread"):
        sealing.open_vault(path)
    path.write_text("not a key")
    path.chmod(0o400)
    with pytest.raises(StoreError, match="identity_key_form"):
        sealing.open_vault(path)
    monkeypatch.setitem(__import__("sys").modules, "cryptography", None)
    with pytest.raises(StoreError, match="identity_missing"):
        sealing.require_library()


async def test_the_clear_number_is_found_nowhere(
    stocked: Store, demo_path: Path, key: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Typed on the desk and given to a command; then every file, every page and every screen is searched."""
    caplog.set_level(logging.DEBUG)
    stocked.write(identity_numbers.switch_on, key, by=KEEPER)
    captures = []
    async with running(stocked) as pilot:
        await press(pilot, "T", "end", "up", "up", "i")
        pilot.app.screen.query_one("#identity", FormInput).value = NUMBER[:-1] + "1"
        await press(pilot, "enter")
        captures.append(frame(pilot))
        assert "check digit" in captures[-1].replace("\n", " ")
        pilot.app.screen.query_one("#identity", FormInput).value = NUMBER
        captures.append(frame(pilot))
        await press(pilot, "enter")
        captures.append(frame(pilot))
        assert "1****************X" in captures[-1]
        await press(pilot, "e")
        captures.append(frame(pilot))
    monkeypatch.setattr("sys.stdin", io.StringIO(NUMBER + "\n"))
    db = ["--db", str(demo_path), "--user", OPERATOR.login]
    assert cli.run([*db, "trainee", "identity", "H000006", "--json"]) == 0
    for words in (
        ("trainee", "show", "H000006", "--json"),
        ("trainee", "list"),
        ("roster", "B000001", "list", "--json"),
        ("trainee", "add", "name=试", f"evidence={NUMBER}"),
        ("--user", "keeper", "audit", "list", "--top", "50", "--json"),
    ):
        cli.run([*db, *words])
    told = capsys.readouterr()
    (tmp_path / "copies").mkdir()
    copy = backups.backup(str(demo_path), tmp_path / "copies" / "copy.db").file
    assert copy.stat().st_size > 100_000
    seen = [told.out, told.err, caplog.text, *captures]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"demo.db", "demo.db-wal", "copy.db"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes()
        assert NUMBER.encode() not in content, path
        assert NUMBER[:17].encode() not in content, path
        assert NUMBER.encode("utf-16-le") not in content, path
    for page in seen:
        assert NUMBER[:17] not in page
    assert key.stat().st_mode & 0o777 == 0o400
    assert key.read_text().strip().encode() not in copy.read_bytes()
    assert json.loads(told.out.splitlines()[0]) == {"identity": "1****************X"}
