"""The reading of a held bag: a file is what its descriptor gives, however long it was said to be."""

import os
from hashlib import sha512
from pathlib import Path

import pytest

from archive.storage.bags.bag_files import read_bag

CONTENT = bytes(range(256)) * 40


@pytest.mark.parametrize("said", [0, 1, len(CONTENT) - 2, len(CONTENT) - 1, len(CONTENT), len(CONTENT) + 9])
def test_a_file_that_grows_or_shrinks_after_it_was_measured_is_read_to_its_end(
    said: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "letter.txt").write_bytes(CONTENT)

    def fstat(descriptor: int) -> os.stat_result:
        status = list(os.stat(descriptor))
        status[6] = said  # st_size, as it was a moment ago
        return os.stat_result(status)

    monkeypatch.setattr("archive.storage.bags.bag_files.os.fstat", fstat)
    shard = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        reading = read_bag(shard, "bag", files=1)
    finally:
        os.close(shard)
    assert reading.files["letter.txt"] == (sha512(CONTENT).hexdigest(), len(CONTENT))
