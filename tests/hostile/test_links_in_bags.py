"""A link in place of a file of a bag is damage for every command that looks: it is not a refused look."""

import socket
from pathlib import Path

import pytest

from archive.core.exit_codes import FINDINGS
from tests.changes import Changing

TOLD = [
    "tagmanifest-sha512.txt",
    "manifest-sha512.txt",
    "metadata/premis.xml",
    "metadata/dublin-core.json",
    "metadata/revisions/0002/dublin-core.json",
    "metadata/revisions/0002/premis.xml",
]


def _removed(path: Path) -> Path:
    path.parent.chmod(0o755)
    path.unlink()
    return path


@pytest.mark.parametrize("leads", ["nowhere", "to a file"])
@pytest.mark.parametrize("name", TOLD)
def test_show_and_audit_agree_about_a_link(changing: Changing, name: str, leads: str) -> None:
    reference, bag = changing.reference("a.txt"), changing.bag("a.txt")
    changing("describe", reference, "--set", "title=New")
    outside = changing.made.folder / "outside"
    if leads == "to a file":
        outside.write_bytes((bag / name).read_bytes())
    _removed(bag / name).symlink_to(outside)
    codes = [code for code, _ in changing.audit(code=FINDINGS)]
    assert "FIX-LINK" in codes
    (said,) = changing("show", reference, code=FINDINGS)["findings"]
    assert said["code"] == "CATALOG-BAG-DOUBTFUL"
    assert "a link stands in the place of a file" in said["message"]


def test_show_and_audit_agree_about_a_socket(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    reference, bag = changing.reference("a.txt"), changing.bag("a.txt")
    monkeypatch.chdir(_removed(bag / "metadata/premis.xml").parent)  # its whole path is too long for one
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("premis.xml")
    assert changing.audit(code=FINDINGS)
    changing("show", reference, code=FINDINGS)


def test_a_link_in_place_of_a_payload_file_is_damage_for_whoever_copies_it(changing: Changing) -> None:
    reference, bag = changing.reference("a.txt"), changing.bag("a.txt")
    _removed(bag / "data/a.txt").symlink_to(changing.made.folder / "outside")
    assert changing.audit(code=FINDINGS)
    to = changing.made.folder / "copies"
    assert "a link stands" in changing("open", reference, "--to", str(to), code=FINDINGS)["message"]
    (left,) = changing("export", reference, "--to", str(to / "out"), code=None)["refused"]
    assert left["finding"]["code"] == "EXPORT-DAMAGED"
