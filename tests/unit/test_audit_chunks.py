"""The results file of a chunk gives back what was packed, by the short way and by the long one."""

import gzip
import re
from pathlib import Path

import pytest

from archive.storage.audits import results as audit_results
from archive.storage.audits.results import ChunkRow, pack, read_chunk

BAG = "01a1fc2b-5ac3-7e51-885c-fe791cf78810"
ROWS = [
    ChunkRow(BAG, "intact", 8, 12345, []),
    ChunkRow(BAG, "damaged", 7, 1, [{"code": "FIX-ALTERED", "place": "data/a"}]),
    ChunkRow(BAG, "missing", 0, 0, []),
    ChunkRow(BAG, "intact", 0, 0, [{"code": "FIX-LITTER", "severity": "note", "place": "x"}]),
]


@pytest.mark.parametrize("short_way", [True, False])
def test_a_chunk_gives_back_its_rows(
    short_way: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "000001.jsonl.gz"
    path.write_bytes(pack(ROWS))
    if not short_way:
        monkeypatch.setattr(audit_results, "_INTACT", re.compile(b"never"))
    found = [
        ChunkRow(row["bag"], row["outcome"], row["files"], row["bytes"], row.get("findings", []))
        for row in read_chunk(path)
    ]
    assert found == ROWS


def test_the_short_way_is_the_one_that_intact_rows_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "000001.jsonl.gz"
    path.write_bytes(pack(ROWS[:1]))
    monkeypatch.setattr(
        "archive.storage.audits.results.json.loads", lambda text: pytest.fail(f"parsed {text!r}")
    )
    assert [row["bag"] for row in read_chunk(path)] == [BAG]


@pytest.mark.parametrize("outcome", ["[]", "{}", "1", "null", '"else"'])
def test_a_row_of_another_outcome_is_no_row(outcome: str, tmp_path: Path) -> None:
    path = tmp_path / "000001.jsonl.gz"
    line = f'{{"bag":"{BAG}","bytes":0,"files":0,"outcome":{outcome}}}\n'
    path.write_bytes(gzip.compress(line.encode()))
    with pytest.raises(ValueError, match="not a row"):
        list(read_chunk(path))
