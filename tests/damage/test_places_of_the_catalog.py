"""What is wrong beside the catalog is named at the place where it lies."""

import shutil

import pytest

from tests.archives import overwrite
from tests.catalogs import unreadable
from tests.changes import Changing


def test_a_withdrawn_bag_that_is_not_believed_is_named_in_quarantine(changing: Changing) -> None:
    bag = changing.row("b.txt").bag
    changing("withdraw", bag, "--reason", "asked back")
    place = f"quarantine/withdrawn/{bag[-2:]}/{bag}"
    premis = changing.root / place / "metadata/premis.xml"
    overwrite(premis, premis.read_bytes() + b" ")
    (found,) = changing("catalog", "verify")["findings"]
    assert (found["code"], found["place"]) == ("CATALOG-BAG-DOUBTFUL", place)
    assert found["remedy"].startswith("archive audit says")  # one that is not held cannot be asked for
    premis.parent.chmod(0o755)
    premis.unlink()
    assert [one["place"] for one in changing("catalog", "verify")["findings"]] == [place]


def test_without_the_folder_of_the_manifests_each_of_them_is_missing(changing: Changing) -> None:
    runs = changing.root / "runs"
    lost = {("CATALOG-RUN-MISSING", f"runs/{path.name}") for path in runs.iterdir()}
    shutil.rmtree(runs)
    assert set(changing.audit(code=1)) == lost
    runs.write_bytes(b"x")
    assert set(changing.audit(code=1)) == {*lost, ("CATALOG-RUN-UNKNOWN", "runs")}
    found = changing("catalog", "verify", code=1)["findings"]
    assert {(one["code"], one["place"]) for one in found} == {*lost, ("CATALOG-RUN-UNKNOWN", "runs")}


def test_a_folder_of_manifests_that_cannot_be_listed_is_named_itself(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable(monkeypatch, changing.root / "runs")
    assert changing.audit(code=3) == [("CATALOG-UNREADABLE", "runs")]


def test_an_edited_catalog_is_found_beside_manifests_that_cannot_be_listed(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = changing.root / "catalog.json"
    overwrite(catalog, catalog.read_bytes().replace(b'"documents":', b'"documentz":', 1) + b" ")
    unreadable(monkeypatch, changing.root / "runs")
    found = changing("catalog", "verify", code=1)["findings"]
    assert {"CATALOG-UNREADABLE", "CATALOG-ALTERED"} <= {one["code"] for one in found}
