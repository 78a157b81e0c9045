"""Scenes in memory for the tests of faults."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conformance.bag_cases.bag import build, info, sealed
from tests.crash.harness import Scenario, Scene, in_memory, make_scene, write_document

QUICK = ("--no-identify", "--jobs", "1")  # the format identifier's threads do not live in a forked child


def small_batches() -> None:
    """A batch and a commit for each document, in the child that calls it."""
    from archive.services.ingest import job

    job.BATCH_DOCUMENTS = 1
    job.GROUP_DOCUMENTS = 1


@pytest.fixture(scope="session")
def crash_folder() -> Iterator[Path]:
    """One folder in memory for all scenes of this run."""
    with in_memory() as folder:
        yield folder


@pytest.fixture(scope="session")
def one_document(crash_folder: Path) -> Scenario:
    """Ingest of one document into an archive that holds one."""
    scene = make_scene(crash_folder / "one", {"a.txt": b"Dear Sir\n"})
    return Scenario(scene, ("ingest", "{}/sources", *QUICK), ("first.txt", "a.txt"))


@pytest.fixture(scope="session")
def several_documents(crash_folder: Path) -> Scenario:
    """Ingest of three documents in as many batches, all or nothing; one name is awkward."""
    scene = make_scene(
        crash_folder / "several", {"a.txt": b"one\n", "letters/b:c.txt": b"two\n", "empty.txt": b""}
    )
    expected = ("first.txt", "a.txt", "letters/b:c.txt", "empty.txt")
    return Scenario(scene, ("ingest", "{}/sources", *QUICK), expected, before=small_batches)


@pytest.fixture(scope="session")
def with_workers(several_documents: Scenario) -> Scenario:
    """The same in two worker processes; a worker that dies is not the driver that dies."""
    return Scenario(
        several_documents.scene,
        ("ingest", "{}/sources", "--no-identify", "--jobs", "2"),
        several_documents.expected,
        before=small_batches,
    )


@pytest.fixture(scope="session")
def good_ones(crash_folder: Path) -> Scenario:
    """Ingest with --on-error continue, a commit for each document; one has no description."""
    scene = make_scene(crash_folder / "good", {"a.txt": b"one\n", "b.txt": b"two\n"})
    write_document(scene.sources, "undescribed.txt", b"whose?\n", sidecar=False)
    return Scenario(
        scene,
        ("ingest", "{}/sources", "--on-error", "continue", *QUICK),
        ("first.txt", "a.txt", "b.txt"),
        code=4,
        before=small_batches,
    )


@pytest.fixture(scope="session")
def submitted_bag(crash_folder: Path) -> Scenario:
    """Ingest of a bag as one document of two files, with tag files of its own."""
    scene = make_scene(crash_folder / "bag", {})
    scene.sources.rmdir()
    build(sealed(info("Contact-Name: Ana")), scene.sources)
    return Scenario(scene, ("ingest", "{}/sources", "--describe-later", *QUICK), ("first.txt", "sources/"))


@pytest.fixture(scope="session")
def recorded_audit(one_document: Scenario) -> Scenario:
    """An audit that is recorded."""
    return Scenario(one_document.scene, ("audit",))


@pytest.fixture(scope="session")
def catalog_rebuild(one_document: Scenario) -> Scenario:
    """The derived files made anew."""
    return Scenario(one_document.scene, ("catalog", "rebuild"))


def described_table(scene: Scene) -> None:
    """A table that describes both documents of a scene anew."""
    text = "reference,dc.title\n2026-000001,New one\n2026-000002,New two\n"
    year = str(datetime.now(UTC).year)
    (scene.folder / "table.csv").write_text(text.replace("2026", year))


@pytest.fixture(scope="session")
def two_held(crash_folder: Path) -> Scenario:
    """An archive that holds two documents, the first with a second description already."""
    scene = make_scene(crash_folder / "two", {"a.txt": b"Dear Sir\n"})
    commands = (
        ["ingest", str(scene.sources), *QUICK],
        ["describe", f"{datetime.now(UTC).year}-000001", "--set", "dc.title=Once", "--reason", "why not"],
    )
    for ended in scene.run(*commands):
        assert ended.code == 0, ended
    described_table(scene)
    return Scenario(scene, (), ("first.txt", "a.txt"), prior=2)


@pytest.fixture(scope="session")
def new_descriptions(two_held: Scenario) -> Scenario:
    """New descriptions of two documents, from a table, in one batch."""
    arguments = ("describe", "--metadata", "{}/table.csv", "--reason", "read them", "--yes")
    titles = (("Once", "About a.txt"), ("New one", "New two"))
    return Scenario(two_held.scene, arguments, two_held.expected, prior=2, titles=titles)


@pytest.fixture(scope="session")
def withdrawal(two_held: Scenario) -> Scenario:
    """The withdrawal of one of two documents."""
    arguments = ("withdraw", f"{datetime.now(UTC).year}-000001", "--reason", "asked back", "--yes")
    return Scenario(two_held.scene, arguments, ("a.txt",), prior=1)


@pytest.fixture(scope="session")
def disposal(two_held: Scenario, crash_folder: Path) -> Scenario:
    """The disposal of a withdrawn document."""
    scene = two_held.scene.copy(crash_folder / "withdrawn")
    year = datetime.now(UTC).year
    (ended,) = scene.run(["withdraw", f"{year}-000001", "--reason", "asked back", "--yes"])
    assert ended.code == 0, ended
    arguments = ("dispose", f"{year}-000001", "--authority", "Board", "--yes")
    return Scenario(scene, arguments, ("a.txt",), prior=1)


@pytest.fixture(scope="session")
def new_archive(crash_folder: Path) -> Scenario:
    """The making of an archive; once `archive.toml` is there, the answer is that there is one already."""
    scene = make_scene(crash_folder / "new", {}, made=False)
    arguments = ("init", "{}/archive", "--name", "Valley", "--agent", "Ana Example")
    return Scenario(scene, arguments, (), done=frozenset({6}), prior=0)
