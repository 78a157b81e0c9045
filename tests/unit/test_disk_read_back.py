"""With --read-back disk nothing is committed that the disk does not give back."""

from pathlib import Path

import pytest

from archive.services.ingest.publish import Publisher
from tests.e2e.command import Command


def _words(archive: Command, source: Path) -> list[str]:
    words = ["-C", str(archive.root), "ingest", str(source), "--describe-later", "--no-identify"]
    return [*words, "--read-back", "disk", "--jobs", "1"]


@pytest.mark.parametrize("name", ["data/letter.txt", "metadata/premis.xml", "tagmanifest-sha512.txt"])
def test_a_byte_that_turned_on_the_disk_stops_the_ingest(
    name: str, archive: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.cli.frame import run
    from archive.services.ingest.disk_read_back import read_back_from_disk as real

    source = tmp_path / "source"
    source.mkdir()
    (source / "letter.txt").write_text("Dear Sir")
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(archive.keys))

    def turns_a_byte(staging: str, bags: object) -> None:
        victim = next(Path(staging).glob(f"*/*/{name}"))
        victim.chmod(0o644)
        data = bytearray(victim.read_bytes())
        data[3] ^= 1
        victim.write_bytes(data)
        real(staging, bags)  # type: ignore[arg-type]

    monkeypatch.setattr("archive.services.ingest.job.read_back_from_disk", turns_a_byte)
    published: list[Publisher] = []
    monkeypatch.setattr(Publisher, "publish", published.append)
    assert run(_words(archive, source)) == 3
    assert published == []
    assert list(archive.root.glob("bags/*/*")) == []


def test_what_the_disk_gives_back_is_committed(
    archive: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.cli.frame import run

    source = tmp_path / "source"
    (source / "folder").mkdir(parents=True)
    for number in range(3):
        (source / f"folder/{number}.txt").write_text(str(number))
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(archive.keys))
    assert run(_words(archive, source)) == 0
    assert len(list(archive.root.glob("bags/*/*"))) == 3
