"""A pack of evidence for an auditor: the ledger whole, and of the rest what names nobody unless asked for."""

import hashlib
import json
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from archive.core.errors import ArchiveError
from archive.core.findings import Finding, warning
from archive.core.ledger import entries
from archive.core.ledger.entries import EntryType, parse_entry
from archive.core.ledger.merkle import HASH_BYTES, Frontier, leaf_hash
from archive.core.ledger.tiles import TilePath, encode_bundle, level_sizes, tile_widths
from archive.core.limits.archives import RESULTS_CHUNK_BYTES, RESULTS_LIST_BYTES, RUN_MANIFEST_BYTES
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.core.limits.ledger import NOTE_BYTES
from archive.services.catalog.bag_record import BagDoubtError, open_bag, tag_manifest_bytes
from archive.services.evidence.checkpoints import current_checkpoint, require_outside
from archive.services.evidence.proven_entries import require_root
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import read_chunk
from archive.storage.bags.held_bag import MANIFEST, TAG_MANIFEST
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.intents import RUN_MANIFEST
from archive.storage.layout import bag_path
from archive.storage.ledger.folder import (
    CHECKPOINT,
    CHECKPOINTS,
    LEDGER,
    STATEMENTS,
    TIMESTAMPS,
    LedgerFolder,
)
from archive.storage.ledger.pack_files import Member, is_member, write_pack
from archive.storage.settings import render


class LeftOut(StrEnum):
    """Why the results of an audit are not in a pack, as people are told."""

    NAMING = "they name files"
    LARGER = "they are larger than any in a pack"
    UNREAD = "they cannot be read"


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed: entries, files, the audits whose results were left out, for which reason how many,
    and warnings.

    Each warning is about a run or bag of which the pack has no manifest, though it would have one, or about
    results that could not be read.
    """

    size: int
    members: int
    left_out: tuple[str, ...]
    why: Mapping[LeftOut, int]
    findings: tuple[Finding, ...]


class Packing:
    """The members of one pack, made one after another; memory holds one at a time."""

    def __init__(self, archive: OpenedArchive, surroundings: Surroundings, *, names: bool) -> None:
        self._archive = archive
        self._surroundings = surroundings
        self._names = names
        self._folder = LedgerFolder(str(archive.root))
        self._signed = current_checkpoint(archive)
        self.left_out: list[str] = []
        self._why: Counter[LeftOut] = Counter()
        self.left_out_parts: list[str] = []
        self._findings: list[Finding] = []
        self._disposed_of: set[str] = set()  # by the entries after those of this pack
        self._later = self._signed.checkpoint.size
        self._tree = Frontier()

    def write(self, target: Path) -> Packed:
        """Writes the pack to a new file outside the archive.

        Raises ConfigurationError inside the archive, ConflictError where the name is taken, EvidenceError
        where a part of the ledger is missing or torn, or its entries are not those that were signed,
        StorageError where something cannot be read or written.
        """
        require_outside(self._archive, target)
        checkpoint = self._signed.checkpoint
        facts: dict[str, Any] = {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "made": entries.timestamp(self._surroundings.now()),
            "names": self._names,
            "left_out": self.left_out,
            "left_out_parts": self.left_out_parts,
        }
        self._surroundings.progress.begin("packing", None, "files")
        try:
            count = write_pack(target, self._members(), facts)
        finally:
            self._surroundings.progress.end()
        return Packed(checkpoint.size, count, tuple(self.left_out), self._why, tuple(self._findings))

    def _members(self) -> Iterator[Member]:
        for member in self._all():
            self._surroundings.progress.advance(1)
            yield member

    def _all(self) -> Iterator[Member]:
        yield Member("archive.toml", self._settings())
        yield Member(f"{LEDGER}/{CHECKPOINT}", self._signed.note)
        size = self._signed.checkpoint.size
        for kept in self._folder.checkpoint_sizes():
            path = self._archive.layout.ledger / CHECKPOINTS / str(kept)
            if kept <= size and (raw := _plain(path, NOTE_BYTES)) is not None:
                yield Member(f"{LEDGER}/{CHECKPOINTS}/{kept}", raw)
        for level in (None, *range(len(level_sizes(size)))):
            for number, width in tile_widths(size, level):
                yield self._tile(TilePath(level, number, width))
            if level is None:
                require_root(self._tree, self._signed.checkpoint, "so that no pack is made of them")
        yield from self._marks(TIMESTAMPS)
        if self._names:  # an auditor's words may name anybody
            yield from self._marks(STATEMENTS)
        yield from self._from_entries(size)

    def _settings(self) -> bytes:
        """The settings without the salt that hides people; without names too, unless they were asked for."""
        settings = replace(self._archive.settings, agent="", agent_salt="")
        if not self._names:
            settings = replace(settings, name="", institution="", contact="")
        return render(settings)

    def _tile(self, tile: TilePath) -> Member:
        """Cut to the width of the checkpoint, where a writer has grown it since."""
        if tile.level is None:
            bundle = self._folder.bundle(tile.number, tile.width)
            self._tree.extend(map(leaf_hash, bundle))
            raw = encode_bundle(bundle)
        else:
            raw = b"".join(self._folder.hashes(tile.level, tile.number, tile.width))
            assert len(raw) == tile.width * HASH_BYTES  # noqa: S101 - what `hashes` promises
        return Member(f"{LEDGER}/{tile}", raw)

    def _marks(self, kind: str) -> Iterator[Member]:
        base = self._archive.layout.ledger / kind
        for folder in sorted(base.iterdir()) if _is_folder(base) else ():
            for path in sorted(folder.iterdir()) if _is_folder(folder) else ():
                name = f"{LEDGER}/{kind}/{folder.name}/{path.name}"
                if is_member(name) and (raw := _plain(path, RESULTS_CHUNK_BYTES)) is not None:
                    yield Member(name, raw)

    def _from_entries(self, size: int) -> Iterator[Member]:
        """What the ledger holds digests of: results of audits; runs and manifests where names are wanted."""
        done = set()
        with AuditPlan() as plan:
            if self._names:  # the newest tag manifest of a bag stands in a later entry
                for index, raw in enumerate(self._archive.ledger.entries(0, size)):
                    plan.take_entry(index, parse_entry(raw))
            plan.close_entries(size)
            for raw in self._archive.ledger.entries(0, size):
                entry = parse_entry(raw)
                if entry.type == EntryType.AUDIT_FINISHED and entry.run and entry.run not in done:
                    done.add(entry.run)
                    yield from self._results(entry.run)
                elif self._names and entry.type == EntryType.RUN_CLOSED and entry.run:
                    yield from self._run(entry.run)
                elif self._names and entry.type == EntryType.INGESTION and entry.bag:
                    yield from self._manifests(entry.bag, plan)

    def _run(self, run: str) -> Iterator[Member]:
        layout = self._archive.layout
        name, ended = f"runs/{run}.json", layout.runs / f"{run}.json"
        for path in (ended, layout.staging / run / RUN_MANIFEST, ended):  # staged until the run ends
            if (found := _plain(path, RUN_MANIFEST_BYTES)) is not None:
                yield Member(name, found)
                return
            if _is_larger(path, RUN_MANIFEST_BYTES):
                self._leave_out(name, f"larger than the {RUN_MANIFEST_BYTES:,} bytes of one in a pack")
                return

    def _leave_out(self, part: str, why: str) -> None:
        self.left_out_parts.append(part)
        self._findings.append(_left_out(part, why))

    def _is_disposed_of(self, bag: str) -> bool:
        """True where an entry after those of this pack says so: nobody has the manifests any more."""
        for raw in self._archive.ledger.entries(self._later):
            self._later += 1
            entry = parse_entry(raw)
            if entry.type == EntryType.DISPOSAL and entry.bag:
                self._disposed_of.add(entry.bag)
        return bag in self._disposed_of

    def _manifests(self, bag: str, plan: AuditPlan) -> Iterator[Member]:
        """Both manifests of a held bag as the ledger has it, also where a writer has changed it since."""
        known = plan.expectation(bag)
        if known is None or plan.state(bag) != "held":
            return
        folder = self._archive.layout.bag(bag)
        found = {name: _plain(folder / name, HELD_MANIFEST_BYTES) for name in (MANIFEST, TAG_MANIFEST)}
        if hashlib.sha512(found[TAG_MANIFEST] or b"").hexdigest() != known.tag_manifest:
            try:
                with open_bag(self._archive, bag) as held:
                    older = tag_manifest_bytes(held, known.tag_manifest)
                    found = {MANIFEST: held.read(MANIFEST, HELD_MANIFEST_BYTES), TAG_MANIFEST: older}
            except (BagDoubtError, NotAPlainFileError, ArchiveError, OSError):
                pass  # the bag is damaged: what is there goes into the pack, whose check says so
        if None in found.values() and self._is_disposed_of(bag):
            self._leave_out(bag_path(bag), "was disposed of while the pack was made")
            return
        for name, content in found.items():
            if content is not None:
                yield Member(f"{bag_path(bag)}/{name}", content)

    def _results(self, run: str) -> Iterator[Member]:
        """The results of a run as they are: their digests are in the ledger, so nothing can be blacked out.

        Findings name files: without names, a run that has any is left out whole, and said to be. So is one
        of which a file cannot be read then, and one with a file that is larger than any in a pack.
        """
        folder = self._archive.layout.audits / run
        if not _is_folder(folder):
            return
        paths = sorted(folder.glob("results-*.json")) + sorted(folder.glob("*.jsonl.gz"))
        paths = [path for path in paths if is_member(f"audits/{run}/{path.name}")]
        if (why := self._why_left_out(paths)) is not None:
            self.left_out.append(run)
            self._why[why] += 1
            return
        for path in paths:
            if (raw := _plain(path, _limit(path))) is not None:
                yield Member(f"audits/{run}/{path.name}", raw)

    def _why_left_out(self, paths: list[Path]) -> LeftOut | None:
        """None where the results go into the pack; that they cannot be read becomes a warning.

        Without names what cannot be read is left out, too: it may name somebody.
        """
        if any(_is_larger(path, _limit(path)) for path in paths):
            return LeftOut.LARGER
        for path in () if self._names else paths:
            try:
                if _has_findings(path):
                    return LeftOut.NAMING
            except (OSError, ArchiveError, ValueError, AttributeError, RecursionError) as trouble:
                why = (isinstance(trouble, OSError) and trouble.strerror) or str(trouble)
                self._findings.append(
                    _left_out(str(path.relative_to(self._archive.root)), f"cannot be read: {why}")
                )
                return LeftOut.UNREAD
        return None


def _left_out(part: str, why: str) -> Finding:
    return warning("PACK-LEFT-OUT", part, f"was left out of the pack: {why}")


def _has_findings(path: Path) -> bool:
    """Raises as reading does, and what parsing does, where it is no file of results."""
    if path.suffix == ".json":
        return bool(json.loads(_plain(path, RESULTS_LIST_BYTES) or b"{}").get("findings"))
    return any(row.get("findings") for row in read_chunk(path, RESULTS_CHUNK_BYTES))


def _limit(path: Path) -> int:
    return RESULTS_LIST_BYTES if path.suffix == ".json" else RESULTS_CHUNK_BYTES


def _is_larger(path: Path, limit: int) -> bool:
    """True for a plain file that is there and has more bytes."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size > limit


def _is_folder(path: Path) -> bool:
    """True for a folder that is no link: what lies behind one is not the archive's to hand out."""
    return path.is_dir() and not path.is_symlink()


def _plain(path: Path, limit: int) -> bytes | None:
    try:
        return read_plain(str(path), limit)
    except NotAPlainFileError:
        return None
