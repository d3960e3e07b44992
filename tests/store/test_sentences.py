"""Sentences read with the store's own places and firms."""

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.services import sentences
from tests.conftest import DAY

SAID = "锐坪精密5个人，坂田附近，焊工"


def test_firm_place_and_heads_are_read_with_the_words_that_say_so(store: Store) -> None:
    read = store.read(sentences.read_sentence, SAID, by=OPERATOR, today=DAY)
    assert {item.field: item.cell for item in read} == {
        "enterprise": "E001",
        "heads": "5",
        "area": "坂田街道",
    }
    assert all(SAID[item.start : item.end] == item.words for item in read)


def test_an_institution_does_not_learn_the_firm(store: Store) -> None:
    stranger = Actor("heling", "何玲", Role.INSTITUTION, "T01")
    read = store.read(sentences.read_sentence, SAID, by=stranger, today=DAY)
    assert "enterprise" not in {item.field for item in read}


def test_a_place_that_is_not_registered_has_no_cell(store: Store) -> None:
    (read,) = store.read(sentences.read_sentence, "大运附近", by=OPERATOR, today=DAY)
    assert (read.field, read.cell, read.words) == ("area", "", "大运")
