"""Tag files of a bag that is updated: composed from what was verified, staged to be changed together."""

from collections.abc import Iterator, Sequence

from archive.core.bagit import declaration
from archive.core.bagit.declaration import render_declaration
from archive.core.bagit.fetch import FetchEntry, parse_fetch
from archive.core.bagit.manifest import Entry, parse_manifest
from archive.core.bagit.names import FETCH, manifest_file_name, manifest_name
from archive.core.bagit.oxum import LABEL as OXUM
from archive.core.bagit.oxum import Oxum
from archive.core.bagit.paths import encode_path
from archive.core.bagit.tag_lines import TagEditError, edited
from archive.core.bagit.tagfile import parse_tag_file
from archive.core.bagit.verdicts import BagReport
from archive.core.bagit.versions import V1_0, Version
from archive.core.composed_form import composed
from archive.core.digests import Algorithm
from archive.core.errors import ConfigurationError, ConflictError, StorageError
from archive.core.findings import Finding, Severity, warning
from archive.core.text import printable
from archive.services.bagging.digest_tap import DigestTap
from archive.services.bagging.fetched_names import names_in_fetch
from archive.services.bagging.manifest_text import manifest_pieces
from archive.services.bagging.update_plan import ManifestPlan
from archive.services.bagging.update_request import UpdateRequest
from archive.storage.bags.digest_spool import DigestSpool
from archive.storage.bags.tag_file_changes import TagFileChanges


class TagFileWriting:
    """Stages what an update of one verified bag changes; `version` and `encoding` are the bag's until now."""

    def __init__(
        self,
        request: UpdateRequest,
        version: Version,
        encoding: str,
        plan: ManifestPlan,
        changes: TagFileChanges,
        tap: DigestTap,
        spool: DigestSpool,
        *,
        upgrade: bool,
    ) -> None:
        self._request = request
        self._version = version
        self._upgrade = upgrade
        self._new_version = V1_0 if upgrade else version
        self._encoding = encoding
        self._new_encoding = "utf-8" if upgrade else encoding
        self._plan = plan
        self._changes = changes
        self._tap = tap
        self._spool = spool
        self._staged: dict[str, dict[str, str]] = {}
        self._dropped: set[str] = set()

    def write(self, report: BagReport) -> list[Finding]:
        """Stages everything; what is to be said about it.

        Raises ConfigurationError or ConflictError where what is asked for cannot be done with this bag.
        """
        shown = printable(str(self._request.bag))
        try:
            if self._upgrade:
                self._stage(declaration.NAME, [render_declaration()])
                self._upgrade_fetch()
            self._write_tags(report)
            for algorithm in self._plan.written:
                self._stage(manifest_file_name(algorithm), self._payload_lines(algorithm))
            self._complete_manifests(report)
            for name in self._plan.dropped:
                self._drop(name)
            if self._staged or self._dropped:
                self._write_tag_manifests()
        except TagEditError as trouble:
            raise ConfigurationError(
                f"{shown}: {printable(str(trouble))}", remedy="nothing was changed; ask for something else"
            ) from trouble
        return self._remarks(shown)

    # -- files ---------------------------------------------------------------------------------------------

    def _stage(self, name: str, pieces: Sequence[bytes] | Iterator[bytes]) -> None:
        algorithms = [algorithm.value for algorithm in self._plan.tags]
        self._staged[name] = self._changes.stage(name, pieces, algorithms)

    def _drop(self, name: str) -> None:
        self._dropped.add(name)
        self._changes.drop(name)

    def _payload_lines(self, algorithm: Algorithm) -> Iterator[bytes]:
        named = self._names_in_fetch(algorithm)
        entries = ((named.get(path, path), value) for path, value in self._spool.payload(algorithm))
        return manifest_pieces(algorithm, entries, version=self._new_version, encoding=self._new_encoding)

    def _names_in_fetch(self, algorithm: Algorithm) -> dict[str, str]:
        fetched = self._fetched()
        if not fetched:
            return {}
        payload = (path for path, _ in self._spool.payload(algorithm))
        return names_in_fetch((entry.path for entry in fetched), payload)

    def _fetched(self) -> list[FetchEntry]:
        data = self._tap.texts.get(FETCH, b"")
        return parse_fetch(data, version=self._version, encoding=self._encoding).entries if data else []

    def _complete_manifests(self, report: BagReport) -> None:
        """Writes the manifests anew that the judge said a file is missing from."""
        said = {finding.at.file for finding in report.findings if finding.code == "BAG-FILE-UNLISTED"}
        for name in sorted(name for name in said if name is not None):
            naming = manifest_name(name)
            if naming is None or naming.algorithm not in self._plan.completed:
                continue
            plain = manifest_file_name(naming.algorithm)
            self._stage(plain, self._payload_lines(naming.algorithm))
            if name != plain:
                self._drop(name)

    def _upgrade_fetch(self) -> None:
        if FETCH not in self._tap.texts:
            return
        lines = [
            f"{entry.url} {'-' if entry.length is None else entry.length} {encode_path(entry.path, V1_0)}\n"
            for entry in self._fetched()
        ]
        self._stage(FETCH, ["".join(lines).encode("utf-8", "surrogateescape")])

    def _write_tags(self, report: BagReport) -> None:
        old, new = self._version.tag_file_name, self._new_version.tag_file_name
        data = self._tap.texts.get(old)
        if old != new and new in self._tap.tag_files:
            shown = printable(str(self._request.bag))
            what = f"beside {old}, which would take its name" if data is not None else f"and no {old}"
            raise ConflictError(
                f"{shown}: holds {new}, which means nothing in BagIt {self._version}, {what}",
                remedy="nothing was changed; ask whoever made the bag what is meant",
            )
        if data is None and not self._request.edits_tags:
            return
        changed = list(self._request.set_tags)
        if self._request.payload_oxum:
            counts = report.counts
            changed.append((OXUM, str(Oxum(counts.payload_bytes, counts.payload_files))))
        after = edited(
            data or b"",
            encoding=self._encoding if data is not None else self._new_encoding,
            removed=self._request.remove_labels,
            changed=changed,
            added=self._request.add_tags,
            upgrade=self._upgrade,
        )
        self._require_sound(new, after)
        if after != data or old != new:
            self._stage(new, [after])
        if old != new and data is not None:
            self._drop(old)

    def _require_sound(self, name: str, data: bytes) -> None:
        """TagEditError where the grammar does not accept what would be written."""
        parsed = parse_tag_file(data, name=name, version=self._new_version, encoding=self._new_encoding)
        wrong = [finding for finding in parsed.findings if finding.severity is Severity.ERROR]
        if wrong:
            line = f" in line {wrong[0].at.line}" if wrong[0].at.line else ""
            raise TagEditError(f"{name} would not be a tag file of BagIt {self._new_version}{line}")

    # -- tag manifests -------------------------------------------------------------------------------------

    def _write_tag_manifests(self) -> None:
        covered = self._covered()
        staged = dict(self._staged)
        beyond = self._payload_listed()
        for algorithm in self._plan.tags:
            known = dict(self._spool.tag_files(algorithm))
            known.update({path: digests[algorithm.value] for path, digests in staged.items()})
            if unread := sorted(path for path in covered if path not in known):
                raise StorageError(
                    f"{printable(unread[0])}: cannot be read, so no tag manifest can list it",
                    remedy="mend the permission or the medium; nothing was changed",
                )
            entries = [*((path, known[path]) for path in covered), *beyond.get(algorithm, {}).items()]
            entries.sort(key=lambda entry: entry[0].encode("utf-8", "surrogateescape"))
            self._stage(manifest_file_name(algorithm, tag=True), self._tag_lines(algorithm, entries))

    def _payload_listed(self) -> dict[Algorithm, dict[str, str]]:
        """What tag manifests list below data/, as drafts could: verified, so it still holds."""
        listed: dict[Algorithm, dict[str, str]] = {}
        for name, data in () if self._new_version.strict else self._tap.texts.items():
            naming = manifest_name(name)
            if naming is not None and naming.tag and naming.algorithm is not None:
                parsed = parse_manifest(
                    data, name=name, version=self._version, payload=False, encoding=self._encoding
                )
                listed[naming.algorithm] = {
                    path: value for path, value in parsed.entries if path.startswith("data/")
                }
        return listed

    def _tag_lines(self, algorithm: Algorithm, entries: Sequence[Entry]) -> Iterator[bytes]:
        return manifest_pieces(
            algorithm, entries, version=self._new_version, encoding=self._new_encoding, tag=True
        )

    def _covered(self) -> set[str]:
        """The files that tag manifests list from now on: those that they listed, and those that are new.

        A file that no tag manifest vouched for is not vouched for now, unless there was none at all.
        """
        listed: set[str] = set()
        texts = {name: data for name, data in self._tap.texts.items() if _is_tag_manifest(name)}
        for name, data in texts.items():
            parsed = parse_manifest(
                data, name=name, version=self._version, payload=False, encoding=self._encoding
            )
            listed.update(path for path, _ in parsed.entries)
        there = self._tap.tag_files
        # A name may be listed in another Unicode form than the disk has it in (RFC 8493 §6.1.1).
        forms = {composed(path): path for path in there} if listed - there else {}
        before = {path if path in there else forms.get(composed(path), "") for path in listed} & there
        return ((before if texts else there) | self._staged.keys()) - self._dropped

    def _remarks(self, shown: str) -> list[Finding]:
        ours = {declaration.NAME, FETCH, "bag-info.txt", "package-info.txt"}
        others = sorted(
            path for path in self._tap.tag_files - ours if "/" in path or manifest_name(path) is None
        )
        if not self._upgrade or self._encoding in {"utf-8", "ascii"} or not others:
            return []
        message = f"other tag files stay in {self._encoding} as they are, such as {others[0]}"
        remedy = "look whether whoever reads them expects that"
        return [warning("BAGGING-ENCODING", shown, message, clause="RFC 8493 §2.1.1", remedy=remedy)]


def _is_tag_manifest(name: str) -> bool:
    naming = manifest_name(name)
    return naming is not None and naming.tag
