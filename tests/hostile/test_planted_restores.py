"""Links planted in the folder of a restore that was cut off: nothing is written through them."""

import shutil
from pathlib import Path

import pytest

from archive.core.exit_codes import CONFLICT
from tests.changes import Changing


@pytest.mark.parametrize("place", ["bags/zz", "notes", "runs", "audits", "quarantine/withdrawn"])
def test_a_link_in_an_unfinished_restore_is_named_and_not_written_through(
    changing: Changing, tmp_path: Path, place: str
) -> None:
    copy, new, elsewhere = tmp_path / "copy", tmp_path / "new", tmp_path / "elsewhere"
    changing("copy", "--to", str(copy))
    (new / place).parent.mkdir(parents=True)
    shutil.copy(changing.root / "archive.toml", new / ".unfinished-restore")
    (elsewhere / "of others" / "deep").mkdir(parents=True, mode=0o755)
    (new / place).symlink_to(elsewhere)
    refused = changing("restore", str(copy), "--to", str(new), code=CONFLICT)
    assert refused["message"] == f"{new / place}: is a link, and nothing is written through it"
    assert [path.name for path in elsewhere.rglob("*")] == ["of others", "deep"]
    assert (elsewhere / "of others" / "deep").stat().st_mode & 0o777 == 0o755
    (new / place).unlink()
    changing("restore", str(copy), "--to", str(new))
