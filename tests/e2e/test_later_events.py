"""What happens to documents after their ingest, through the installed command, as a person would do it."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import TIMEOUT, Command


def test_described_withdrawn_disposed_of_and_every_look_at_it_in_between(
    archive: Command, tmp_path: Path
) -> None:
    source = tmp_path / "stick"
    source.mkdir()
    for name in ("a.txt", "b.txt"):
        (source / name).write_text(f"{name}\n")
    archive("ingest", source, "--describe-later", "--no-identify")
    table = tmp_path / "todo.csv"
    archive("list", "--undescribed", "--table", table)
    with table.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0]["dc.title"] = "A letter"
    with table.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    said = archive("describe", "--metadata", table, "--reason", "read it").out
    assert "+ A letter" in said
    first, second = (row["reference"] for row in rows)
    archive("withdraw", second, "--reason", "asked back")
    archive("dispose", second, "--authority", "Board", "--yes")
    history = archive("history").out
    for words in ("Described anew, revision 2", "because: read it", "on the authority of: Board"):
        assert words in history
    for command in (["audit"], ["catalog", "verify"], ["ledger", "verify"], ["status"], ["show", first]):
        archive(*command)
    archive("open", first, "--to", tmp_path / "copy")
    assert (tmp_path / "copy/a.txt").read_text() == "a.txt\n"


@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root, and no setpriv to be bound with"
)
def test_bags_are_changed_and_moved_by_one_whom_modes_bind(archive: Command, tmp_path: Path) -> None:
    """Folders of bags are read-only, which binds everybody but root."""
    source = tmp_path / "stick"
    source.mkdir()
    (source / "a.txt").write_text("a\n")
    archive("ingest", source, "--describe-later", "--no-identify")
    reference = archive("list", "--format", "json").json["documents"][0]["reference"]
    bound = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    for arguments in (
        ("describe", reference, "--set", "title=New"),
        ("describe", reference, "--set", "title=Newer"),
        ("withdraw", reference, "--reason", "x"),
        ("dispose", reference, "--authority", "x", "--yes"),
    ):
        done = subprocess.run(
            [*bound, sys.executable, "-m", "archive", "-C", str(archive.root), *arguments],
            capture_output=True,
            check=False,
            timeout=TIMEOUT,
            env=archive.environment(),
        )
        assert done.returncode == 0, done.stderr.decode()
    archive("audit")
    assert not list(archive.root.glob("quarantine/withdrawn/*"))
