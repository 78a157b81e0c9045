"""What is written from the bags of an archive that somebody else made: nothing of theirs breaks it."""

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from archive.core.exit_codes import FINDINGS
from archive.formats.premis import PremisWriter
from tests.archives import make_archive
from tests.changes import Changing


@pytest.fixture
def with_premis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Callable[[bytes], bytes]], Changing]:
    """An archive of one document whose PREMIS was written otherwise, and is vouched for by its ledger."""

    def make(other: Callable[[bytes], bytes]) -> Changing:
        made = make_archive(tmp_path, monkeypatch)
        real = PremisWriter.xml
        monkeypatch.setattr(PremisWriter, "xml", lambda *given: other(real(*given)))
        made.ingest({"a.txt": b"text\n"})
        return Changing(made, capsys)

    return make


def test_premis_that_is_not_in_utf_8_is_refused_by_name(
    with_premis: Callable[[Callable[[bytes], bytes]], Changing], tmp_path: Path
) -> None:
    changing = with_premis(lambda data: data.decode().replace("UTF-8", "UTF-16").encode("utf-16"))
    assert changing.audit() == []
    reference = changing.reference("a.txt")
    report = changing("export", reference, "--as", "mets", "--to", str(tmp_path / "out"), code=FINDINGS)
    (refused,) = report["refused"]
    assert "metadata/premis.xml: not UTF-8" in refused["finding"]["message"]


def test_a_mark_before_premis_does_not_stand_within_mets(
    with_premis: Callable[[Callable[[bytes], bytes]], Changing], tmp_path: Path
) -> None:
    changing = with_premis(lambda data: codecs.BOM_UTF8 + data)
    changing("export", changing.reference("a.txt"), "--as", "mets", "--to", str(tmp_path / "out"))
    (mets,) = (tmp_path / "out").rglob("mets.xml")
    etree.parse(mets)
    assert codecs.BOM_UTF8 not in mets.read_bytes()
