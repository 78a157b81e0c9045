"""An archive of many documents: taken in, rebuilt and audited in memory that does not grow with them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.command import Command
from tests.hostile.watched import MEGABYTES

DOCUMENTS = int(os.environ.get("ARCHIVE_LARGE_DOCUMENTS", "100000"))
FOLDERS = 100
SECONDS = 3600  # a hang, not a measurement

_MEASURING = """\
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode)
"""


class Measured(NamedTuple):
    """What a command printed, and the memory that its largest process took."""

    out: str
    megabytes: int


def measured(archive: Command, *arguments: str | Path) -> Measured:
    """Runs a command that has to end well, in a process of its own whose children are measured."""
    words = [sys.executable, "-m", "archive", "-C", str(archive.root), *map(str, arguments)]
    done = subprocess.run(
        [sys.executable, "-c", _MEASURING, *words],
        capture_output=True,
        check=False,
        timeout=SECONDS,
        env=archive.environment(),
    )
    assert done.returncode == 0, done.stderr.decode()
    return Measured(done.stdout.decode(), int(done.stderr.split()[-1]) >> 10)


@pytest.mark.slow
def test_a_hundred_thousand_documents_are_held_and_audited_in_bounded_memory(
    archive: Command, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    for number in range(DOCUMENTS):
        path = source / f"{number % FOLDERS:02}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"document %d\n" % number)
    ingested = measured(archive, "ingest", source, "--describe-later", "--no-identify")
    audited = measured(archive, "audit", "--format", "json")
    report = json.loads(audited.out)
    assert (report["outcome"], report["scope"]["checked"]) == ("intact", DOCUMENTS)
    assert report["findings"] == []
    rebuilt = measured(archive, "catalog", "rebuild")
    assert max(ingested.megabytes, audited.megabytes, rebuilt.megabytes) < MEGABYTES
