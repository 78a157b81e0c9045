"""Results of audits as somebody made them whose key vouches for them: read once, or not at all."""

import gzip
import hashlib
from pathlib import Path

import pytest

from archive.core.canonical import readable
from archive.storage.audits.vouched_results import DoubtfulResultsError, past_checks, vouched_chunks

RUN = "01a1ffff-0000-7000-8000-000000000001"


def test_a_list_that_names_one_file_again_and_again_is_none(tmp_path: Path) -> None:
    """A line of a hundred bytes would cost the reading of a file of gigabytes."""
    rows = b'{"bag":"%s","bytes":1,"files":1,"outcome":"intact"}\n' % RUN.encode()
    chunk = gzip.compress(rows, mtime=0)
    named = {"file": "000001.jsonl.gz", "sha512": hashlib.sha512(chunk).hexdigest(), "time": ""}
    listed = readable({"version": 1, "run": RUN, "chunks": [named] * 10_000})
    folder = tmp_path / RUN
    folder.mkdir()
    (folder / "000001.jsonl.gz").write_bytes(chunk)
    (folder / "results-1.json").write_bytes(listed)
    digest = hashlib.sha512(listed).hexdigest()
    with pytest.raises(DoubtfulResultsError, match="missing or altered"):
        vouched_chunks(tmp_path, RUN, digest)
    assert list(past_checks(tmp_path, RUN, digest)) == []
