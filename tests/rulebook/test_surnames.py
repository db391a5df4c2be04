"""Surnames are data: which are found by their sound, and how compound ones are read."""

import pytest

from guitu.people.names import readings
from guitu.rulebook import RulebookError, surnames


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Other data than the rulebook's."""
    monkeypatch.setattr(surnames, "DATA", tmp_path)
    for read in (surnames.common_surnames, surnames.compound_surnames):
        read.cache_clear()
    yield tmp_path
    for read in (surnames.common_surnames, surnames.compound_surnames):
        read.cache_clear()


def test_a_compound_surname_is_read_as_one_and_a_single_one_as_a_surname():
    assert len(surnames.common_surnames()) == 348
    assert surnames.common_surnames().startswith("李王张刘陈")
    assert surnames.compound_surnames()["尉迟"] == ("yu", "chi")
    assert readings("尉迟恭")[0][0].startswith("yu")


def test_it_is_the_data_that_decides_and_what_stands_there_twice_or_by_halves_is_refused(data):
    (data / "common.yaml").write_text("surnames: [李王, 张]", encoding="utf-8")
    (data / "compound.yaml").write_text("surnames: {}", encoding="utf-8")
    assert surnames.common_surnames() == "李王张"
    assert not readings("尉迟恭")[0][0].startswith("yu"), "control: without its line it is read as it is written"
    surnames.common_surnames.cache_clear()
    surnames.compound_surnames.cache_clear()
    (data / "common.yaml").write_text("surnames: [李王, 李]", encoding="utf-8")
    (data / "compound.yaml").write_text("surnames: {尉迟: [yu]}", encoding="utf-8")
    with pytest.raises(RulebookError, match="twice"):
        surnames.common_surnames()
    with pytest.raises(RulebookError, match="in two"):
        surnames.compound_surnames()
