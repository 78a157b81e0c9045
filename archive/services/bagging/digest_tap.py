"""A bag's source with further digests taken in the same pass in which it is judged."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from archive.core.bagit import declaration
from archive.core.bagit.contents import Entry, EntryKind, FileDigests, one_by_one
from archive.core.bagit.names import FETCH, manifest_name
from archive.core.digests import Algorithm
from archive.core.findings import Finding
from archive.storage.bag_sources.source import BagSource
from archive.storage.bags.digest_spool import DigestSpool

Wanted = tuple[str, tuple[Algorithm, ...]]
_KEPT: Final = frozenset({declaration.NAME, "bag-info.txt", "package-info.txt", FETCH})


class DigestTap:
    """Gives the judge what it asks for, and keeps digests of every file that it did not know it wanted.

    `payload` and `tags` are the algorithms of which every payload file, and every other file, is digested
    into `spool`. `texts` has the bytes of the small tag files and of the tag manifests, `tag_files` the paths
    of all files outside `data/` except tag manifests.
    """

    serialization: str | None = None

    def __init__(
        self,
        source: BagSource,
        spool: DigestSpool,
        payload: tuple[Algorithm, ...],
        tags: tuple[Algorithm, ...],
    ) -> None:
        self.label = source.label
        self._texts: dict[str, bytearray] = {}
        self.tag_files: set[str] = set()
        self._source = source
        self._spool = spool
        self._extra = {True: payload, False: tags}
        self._asked: dict[bool, tuple[Algorithm, ...]] = {}  # what the judge asks of nearly every file
        self._unlike: dict[str, tuple[Algorithm, ...]] = {}  # what it asks of the others

    def read_tag_files(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """As `BagSource` says."""
        for name, blocks in self._source.read_tag_files(wanted):
            naming = manifest_name(name)
            keep = name in _KEPT or (naming is not None and naming.tag)
            yield name, self._kept(name, blocks) if keep else blocks

    def _kept(self, name: str, blocks: Iterable[bytes]) -> Iterator[bytes]:
        kept = self._texts[name] = bytearray()
        for block in blocks:
            kept += block
            yield block

    @property
    def texts(self) -> dict[str, bytes]:
        """What was read of them."""
        return {name: bytes(kept) for name, kept in self._texts.items()}

    def expect(self, wanted: Iterable[tuple[str, tuple[Algorithm, ...]]]) -> None:
        """As `BagSource` says; more will be asked for than the judge knows of."""
        del wanted

    def entries(self) -> Iterator[Entry]:
        """As `BagSource` says."""
        for entry in self._source.entries():
            if entry.kind is EntryKind.FILE and not _is_payload(entry.path):
                naming = manifest_name(entry.path)
                if naming is None or not naming.tag:
                    self.tag_files.add(entry.path)
            yield entry

    def digests(self, wanted: Iterable[Wanted]) -> Iterator[FileDigests]:
        """As `BagSource` says; files outside `data/` of which the judge wants nothing are read at the end."""
        for result in one_by_one(self._source.digests(self._more(wanted))):
            payload = _is_payload(result.path)
            asked = self._unlike.get(result.path, self._asked.get(payload, ()))
            everything = _merged(asked, self._extra[payload])
            if result.obstacle is None:
                known = dict(zip(everything, result.digests, strict=True))
                for algorithm in self._extra[payload]:
                    self._spool.add(result.path, algorithm, known[algorithm])
            if asked or payload:
                yield result._replace(digests=result.digests[: len(asked)])

    def _more(self, wanted: Iterable[Wanted]) -> Iterator[Wanted]:
        left = set(self.tag_files)
        for path, asked in wanted:
            payload = _is_payload(path)
            if self._asked.setdefault(payload, asked) != asked:
                self._unlike[path] = asked
            left.discard(path)
            yield path, _merged(asked, self._extra[payload])
        if self._extra[False]:
            for path in sorted(left):
                self._unlike[path] = ()
                yield path, self._extra[False]

    def findings(self) -> Iterator[Finding]:
        """As `BagSource` says."""
        return self._source.findings()


def _is_payload(path: str) -> bool:
    return path.startswith("data/")


def _merged(asked: tuple[Algorithm, ...], extra: tuple[Algorithm, ...]) -> tuple[Algorithm, ...]:
    return (*asked, *(algorithm for algorithm in extra if algorithm not in asked))
