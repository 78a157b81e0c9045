"""A bag made of a folder: surveyed, copied, sealed and published whole, or not at all."""

import os
from collections.abc import Sequence
from contextlib import ExitStack

from archive.core.bagit.bag_info import new_bag_info
from archive.core.bagit.declaration import NAME as DECLARATION
from archive.core.bagit.declaration import render_declaration
from archive.core.bagit.manifest import render_manifest
from archive.core.bagit.names import manifest_file_name
from archive.core.bagit.oxum import Oxum
from archive.core.bagit.versions import V1_0
from archive.core.digests import Algorithm
from archive.core.errors import RejectedError, StorageError
from archive.core.findings import note
from archive.core.text import printable
from archive.engine.driver import BatchLost, Driver
from archive.services.bagging.copying import CopiedBatch, CopyPlan, batches, close_folders, copy_batch
from archive.services.bagging.places import require_source, require_target
from archive.services.bagging.request import BagRequest, MadeBag
from archive.services.bagging.survey import Survey, survey
from archive.services.surroundings import Surroundings
from archive.storage.bags.bag_writing import ReadBackError
from archive.storage.bags.unfinished_bag import UnfinishedBag
from archive.storage.disk.digested_file import DigestedFile
from archive.storage.disk.durable import read_back_error, storage_error
from archive.storage.disk.name_spool import NameSpool
from archive.storage.disk.write_behind import WriteBehind


def make_bag(request: BagRequest, surroundings: Surroundings) -> MadeBag:
    """Makes the bag that is asked for; the source is only read.

    Raises ConfigurationError for impossible places, ConflictError where the target exists, RejectedError or
    StorageError, with findings, where the source cannot be bagged as it is or the disk refuses: then there is
    no bag.
    """
    source = require_source(request.source)
    target = require_target(source, request.target)
    unfinished = UnfinishedBag(target)
    unfinished.require_free(tidy=not request.dry_run)
    with NameSpool() as names:
        found = survey(request, str(source), names)
        said = found.findings
        oxum = found.oxum
        if not request.dry_run:
            with unfinished as bag:
                if bag.leftover:
                    message = "what an unfinished run had left was removed"
                    said = (*said, note("BAGGING-LEFTOVER", printable(str(target)), message))
                oxum = _write(request, str(source), bag.path, names, found, surroundings)
                bag.publish()
    return MadeBag(oxum=oxum, left_out=found.left_out, left_out_count=found.left_out_count, findings=said)


def _write(
    request: BagRequest, source: str, bag: str, names: NameSpool, found: Survey, surroundings: Surroundings
) -> Oxum:
    """Writes the whole bag below `bag`, tag manifests last; returns what its payload came to."""
    try:
        payload = os.path.join(bag, "data")
        os.mkdir(payload, 0o755)
        plan = CopyPlan(source, payload, request.algorithms)
        with ExitStack() as stack:
            manifests = []
            for algorithm in request.algorithms:
                path = os.path.join(bag, manifest_file_name(algorithm))
                manifests.append(DigestedFile(path, _names_of(request.algorithms)))
                stack.callback(manifests[-1].close)
            oxum = _copy(request, plan, names, found, manifests, surroundings)
            digests = {
                manifest_file_name(algorithm): manifest.finish()
                for algorithm, manifest in zip(request.algorithms, manifests, strict=True)
            }
        _seal(request, bag, oxum, digests)
    except ReadBackError as trouble:
        raise read_back_error(printable(str(trouble))) from trouble
    except OSError as trouble:
        raise storage_error(trouble, str(request.target), "write the bag") from trouble
    return oxum


def _copy(
    request: BagRequest,
    plan: CopyPlan,
    names: NameSpool,
    found: Survey,
    manifests: Sequence[DigestedFile],
    surroundings: Surroundings,
) -> Oxum:
    """Copies the payload and writes the payload manifests, batch after batch in the order of the paths."""
    files = byte_count = 0
    driver = Driver(request.jobs)
    progress = surroundings.progress
    progress.begin("Bagging", found.oxum.bytes, "bytes")
    try:
        with WriteBehind(os.path.dirname(plan.payload)) as behind:
            for _, result in driver.run(copy_batch, batches(plan, names)):
                copied = _require_copied(request, result)
                for manifest, lines in zip(manifests, copied.lines, strict=True):
                    manifest.write(lines)
                files += copied.files
                byte_count += copied.size
                progress.advance(copied.size)
                behind.nudge()
    finally:
        driver.close()
        close_folders()
        progress.end()
    return Oxum(byte_count, files)


def _require_copied(request: BagRequest, result: CopiedBatch | BatchLost) -> CopiedBatch:
    shown = printable(str(request.source))
    if isinstance(result, BatchLost):
        raise StorageError(
            f"{shown}: workers were killed twice over the same files",
            remedy="see whether memory ran out, then run the same command again with fewer --jobs",
        )
    if result.storage is not None:
        message = f"{printable(str(request.target))}: cannot write the bag: {printable(result.storage)}"
        raise StorageError(message, remedy="see that the disk is sound and has room, then run it again")
    if result.findings:
        message = f"{shown}: not bagged; the bag that was begun was removed"
        if any(finding.code == "SRC-UNREADABLE" for finding in result.findings):
            raise StorageError(message, findings=result.findings)
        raise RejectedError(message, findings=result.findings)
    return result


def _seal(request: BagRequest, bag: str, oxum: Oxum, digests: dict[str, dict[str, str]]) -> None:
    """Writes bagit.txt, bag-info.txt and the tag manifests; `digests` are those of the payload manifests."""
    algorithms = _names_of(request.algorithms)
    info = new_bag_info(request.tags, bagging_date=request.bagging_date, oxum=oxum)
    for name, data in ((DECLARATION, render_declaration()), (V1_0.tag_file_name, info)):
        digests[name] = _write_tag_file(os.path.join(bag, name), data, algorithms)
    for algorithm in request.algorithms:
        lines = render_manifest((name, known[algorithm.value]) for name, known in digests.items())
        _write_tag_file(os.path.join(bag, manifest_file_name(algorithm, tag=True)), lines, algorithms)


def _write_tag_file(path: str, data: bytes, algorithms: Sequence[str]) -> dict[str, str]:
    file = DigestedFile(path, algorithms)
    try:
        file.write(data)
        return file.finish()
    finally:
        file.close()


def _names_of(algorithms: Sequence[Algorithm]) -> tuple[str, ...]:
    return tuple(algorithm.value for algorithm in algorithms)
