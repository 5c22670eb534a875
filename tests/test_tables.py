from __future__ import annotations

import pandas as pd
import pytest

from villagegraph.errors import TableError
from villagegraph.tables import CONTACTS, CONTRACTS, FILES, TIES, Export, check, empty, make

VALUES = {
    "text": "a",
    "texts": ("a", "b"),
    "time": pd.Timestamp("2026-01-01", tz="UTC"),
    "number": float("nan"),
    "count": 3,
    "flag": True,
}


def one_row(name: str) -> pd.DataFrame:
    contract = CONTRACTS[name]
    columns = {level: ["a"] for level in contract.index}
    columns |= {
        key: [column.allowed[0] if column.allowed else VALUES[column.kind]]
        for key, column in contract.columns.items()
    }
    return make(contract, columns)


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_what_is_made_keeps_its_contract(name: str):
    contract = CONTRACTS[name]
    for table in (empty(contract), one_row(name), pd.concat([empty(contract), one_row(name)])):
        assert check(table, contract) is table
        assert list(table.columns) == list(contract.columns)


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_each_column_has_a_meaning(name: str):
    assert all(column.doc and column.kind in VALUES for column in CONTRACTS[name].columns.values())


def test_all_problems_come_at_once_and_without_values():
    table = one_row("contacts").rename_axis("id").drop(columns="name")
    table["tags"] = "Zyzzogeton"
    table["title"] = pd.Series([7], index=table.index)
    with pytest.raises(TableError) as caught:
        check(table, CONTACTS)
    assert caught.value.table == "contacts"
    assert len(caught.value.problems) == 4
    message = str(caught.value)
    assert "`name`" in message
    assert "`tags` needs to hold tuples of texts" in message
    assert "`title` needs to hold text" in message
    assert "Zyzzogeton" not in message


def test_index_values_may_not_repeat():
    table = pd.concat([one_row("contacts")] * 3)
    with pytest.raises(TableError, match="2 repeated index values"):
        check(table, CONTACTS)


@pytest.mark.parametrize("dtype", ["object", "category", "string"])
def test_text_may_be_stored_in_any_way(dtype: str):
    table = one_row("contacts")
    table["name"] = table["name"].astype(dtype)
    check(table, CONTACTS)


def test_missing_values_stand_only_where_they_may():
    files = one_row("files")
    files["first_at"] = pd.Series([pd.NaT], index=files.index, dtype="datetime64[us, UTC]")
    check(files, FILES)
    contacts = one_row("contacts")
    contacts["name"] = pd.Series([None], index=contacts.index, dtype="object")
    with pytest.raises(TableError, match="`name` is empty in 1 of 1 rows"):
        check(contacts, CONTACTS)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_times_need_to_be_in_utc(zone: str | None):
    ties = one_row("ties")
    naive = ties["last_at"].dt.tz_localize(None)
    ties["last_at"] = naive.dt.tz_localize(zone) if zone else naive
    with pytest.raises(TableError, match="`last_at` needs to hold UTC timestamps"):
        check(ties, TIES)


@pytest.mark.parametrize(
    ("name", "column", "word"),
    [("interactions", "channel", "chat"), ("interactions", "precision", "minute"),
     ("participants", "role", "bcc")],
)  # fmt: skip
def test_a_word_of_a_fixed_set_is_held_to_it(name: str, column: str, word: str):
    table = pd.concat([one_row(name)] * 2)
    table.index = pd.Index(["a", "b"], name=table.index.name)
    table[column] = [word, "Zyzzogeton"]
    with pytest.raises(TableError, match=rf"`{column}` needs to be one of .*{word}.* 1 rows") as e:
        check(table, CONTRACTS[name])
    assert "Zyzzogeton" not in str(e.value)
    table[column] = word
    check(table, CONTRACTS[name])


def test_further_columns_are_welcome():
    check(one_row("handles").assign(person_id="p"), CONTRACTS["handles"])


def test_nothing_has_every_table():
    nothing = Export.nothing()
    for name in (
        "contacts",
        "handles",
        "interactions",
        "participants",
        "hints",
        "files",
        "skipped",
    ):
        assert check(getattr(nothing, name), CONTRACTS[name]).empty
