"""An archive made, and documents taken in: one and many, in one process and in two."""

from dataclasses import replace
from pathlib import Path

from tests.conformance.bag_cases.bag import build, info, sealed
from tests.crash.scenarios import Scenario
from tests.crash.scenes import QUICK, make_scene, write_document
from tests.crash.trials import Trial

INGEST = ("ingest", "{}/sources")


def small_batches() -> None:
    """A batch and a commit for each document, in the child that calls it."""
    from archive.services.ingest import job

    job.BATCH_DOCUMENTS = 1
    job.GROUP_DOCUMENTS = 1


def new_archive(folder: Path) -> Scenario:
    """The making of an archive; once `archive.toml` is there, the answer is that there is one already."""
    scene = make_scene(folder / "new", {}, made=False)
    arguments = ("init", "{}/archive", "--name", "Valley", "--agent", "Ana Example")
    return Scenario(scene=scene, arguments=arguments, expected=(), done=frozenset({6}), prior=0)


def one_document(folder: Path) -> Scenario:
    """Ingest of one document into an archive that holds one."""
    scene = make_scene(folder / "one", {"a.txt": b"Dear Sir\n"})
    return Scenario(scene=scene, arguments=(*INGEST, *QUICK), expected=("first.txt", "a.txt"))


def several_documents(folder: Path) -> Scenario:
    """Ingest of three documents in as many batches, all or nothing; one name is awkward."""
    scene = make_scene(folder / "several", {"a.txt": b"one\n", "letters/b:c.txt": b"two\n", "empty.txt": b""})
    return Scenario(
        scene=scene,
        arguments=(*INGEST, *QUICK),
        expected=("first.txt", "a.txt", "letters/b:c.txt", "empty.txt"),
        before=small_batches,
    )


def with_workers(several: Trial) -> Trial:
    """The same in two worker processes; a worker that dies is not the driver that dies."""
    return replace(several, arguments=(*INGEST, "--no-identify", "--jobs", "2"))


def filled_apart() -> None:
    """A process of its own for the index, however few documents there are, in the child that calls it."""
    from archive.services.ingest import job

    job.FILLED_APART = 1


def with_filling(several: Trial) -> Trial:
    """The same in one batch, while a second process fills the index."""
    return replace(several, arguments=(*INGEST, "--no-identify", "--jobs", "2"), before=filled_apart)


def good_ones(folder: Path) -> Scenario:
    """Ingest with --on-error continue, a commit for each document; one has no description."""
    scene = make_scene(folder / "good", {"a.txt": b"one\n", "b.txt": b"two\n"})
    write_document(scene.sources, "undescribed.txt", b"whose?\n", sidecar=False)
    return Scenario(
        scene=scene,
        arguments=(*INGEST, "--on-error", "continue", *QUICK),
        expected=("first.txt", "a.txt", "b.txt"),
        code=4,
        before=small_batches,
    )


def submitted_bag(folder: Path) -> Scenario:
    """Ingest of a bag as one document of two files, with tag files of its own."""
    scene = make_scene(folder / "bag", {})
    scene.sources.rmdir()
    build(sealed(info("Contact-Name: Ana")), scene.sources)
    arguments = (*INGEST, "--describe-later", *QUICK)
    return Scenario(scene=scene, arguments=arguments, expected=("first.txt", "sources/"))
