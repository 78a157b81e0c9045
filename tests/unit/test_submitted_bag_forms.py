"""Bags as submissions with names alike under Unicode: a line is of the file that the judge held it to."""

from pathlib import Path

import pytest

from archive.formats.premis.reader import read_premis
from archive.services.ingest import submitted_bags
from tests.archives import MadeArchive, make_archive
from tests.conformance.bag_cases.bag import LETTER, Bag, digest, good, line, without
from tests.submitted import held_bag, ingest, offered

COMPOSED, APART, SIGN = "\u00c5", "A\u030a", "\u212b"  # one letter, and one composed form
OTHER = b"another letter\n"


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """A new archive."""
    return make_archive(tmp_path, monkeypatch)


def two_alike(**manifests: bytes) -> Bag:
    """A bag of two files whose names are alike, and these manifests."""
    bag = without(good({f"data/{COMPOSED}": LETTER, f"data/{APART}": OTHER}), "tagmanifest-sha512.txt")
    bag = without(bag, "manifest-sha512.txt")
    return bag | {f"manifest-{name}.txt": content for name, content in manifests.items()}


def kept(archive: MadeArchive) -> dict[bytes, set[str]]:
    """The bytes of each stored file with the digests that PREMIS says the depositor gave."""
    bag = held_bag(archive)
    premis = read_premis((bag / "metadata" / "premis.xml").read_bytes())
    given = {
        str(file.original): {value for _, value, who in file.digests if who == "Mill Office"}
        for file in premis.files
    }
    return {
        content: values
        for content in (LETTER, OTHER)
        for values in given.values()
        if digest(content, "sha512") in values
    }


ORDERS = [(COMPOSED, LETTER), (SIGN, OTHER)]


@pytest.mark.parametrize("order", [ORDERS, ORDERS[::-1]], ids=["alike last", "alike first"])
def test_a_line_that_is_like_two_files_is_of_the_one_that_no_line_names(
    archive: MadeArchive, order: list[tuple[str, bytes]]
) -> None:
    sha512 = b"".join(line(f"data/{name}", content) for name, content in order)
    told = ingest(archive, offered(archive, two_alike(sha512=sha512)), received_from="Mill Office")
    assert (told.verdicts, told.code, told.errors) == ({"transfer/": "valid"}, 0, set())
    assert set(kept(archive)) == {LETTER, OTHER}


def test_so_it_is_in_each_of_several_manifests(archive: MadeArchive) -> None:
    sha256 = line(f"data/{SIGN}", OTHER, "sha256") + line(f"data/{COMPOSED}", LETTER, "sha256")
    sha512 = line(f"data/{COMPOSED}", LETTER) + line(f"data/{SIGN}", OTHER)
    bag = two_alike(sha256=sha256, sha512=sha512)
    told = ingest(archive, offered(archive, bag), received_from="Mill Office")
    assert (told.verdicts, told.code, told.errors) == ({"transfer/": "valid"}, 0, set())
    both = {content: {digest(content, "sha256"), digest(content, "sha512")} for content in (LETTER, OTHER)}
    assert kept(archive) == both


def test_where_another_manifest_names_both_it_is_of_the_one_that_this_one_does_not(
    archive: MadeArchive,
) -> None:
    sha256 = line(f"data/{APART}", OTHER, "sha256") + line(f"data/{COMPOSED}", LETTER, "sha256")
    sha512 = line(f"data/{SIGN}", OTHER) + line(f"data/{COMPOSED}", LETTER)
    told = ingest(archive, offered(archive, two_alike(sha256=sha256, sha512=sha512)))
    assert (told.verdicts, told.code, told.errors) == ({"transfer/": "valid"}, 0, set())


def test_tag_files_that_are_alike_are_told_apart_too(archive: MadeArchive) -> None:
    bag = good(tags={f"{COMPOSED}.txt": LETTER, f"{APART}.txt": OTHER})
    bag = without(bag, "tagmanifest-sha512.txt")
    listed = [(name, bytes(bag[name])) for name in ("bagit.txt", "manifest-sha512.txt")]  # type: ignore[arg-type]
    listed += [(f"{COMPOSED}.txt", LETTER), (f"{SIGN}.txt", OTHER)]
    bag |= {"tagmanifest-sha512.txt": b"".join(line(name, content) for name, content in listed)}
    told = ingest(archive, offered(archive, bag))
    assert (told.verdicts, told.code, told.errors) == ({"transfer/": "valid"}, 0, set())


def test_a_line_that_is_like_two_files_still_shows_that_its_file_changed(
    archive: MadeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha512 = line(f"data/{COMPOSED}", LETTER) + line(f"data/{SIGN}", OTHER)
    source = offered(archive, two_alike(sha512=sha512))
    judgement = submitted_bags._judgement

    def judged_then_changed(*arguments: object) -> object:
        report = judgement(*arguments)  # type: ignore[arg-type]
        (source / "data" / APART).write_bytes(b"changed\n")
        return report

    monkeypatch.setattr(submitted_bags, "_judgement", judged_then_changed)
    told = ingest(archive, source)
    assert (told.code, told.ingested, bool(told.errors)) == (4, [], True)
