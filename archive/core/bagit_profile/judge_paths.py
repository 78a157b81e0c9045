"""The files of a bag against the lists of a profile, in one pass over its paths."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from archive.core.bagit.lines import FileFindings
from archive.core.bagit.names import manifest_name
from archive.core.bagit.verdicts import BagFacts
from archive.core.bagit.versions import KNOWN
from archive.core.bagit_profile.judge_tags import tag_file_name
from archive.core.bagit_profile.model import PathRule, Profile, clause
from archive.core.findings import At, Finding, error


def judge_tag_files(profile: Profile, facts: BagFacts) -> Iterator[Finding]:
    """Tag-Files-Required and -Allowed. What has a rule of its own is always allowed here.

    That is bagit.txt, bag-info.txt, fetch.txt, manifests and tag manifests: a list such as `["DPN/*"]` is not
    meant to forbid them.
    """
    governed = {"bagit.txt", "fetch.txt", tag_file_name(facts)}
    if facts.is_unseen("bagit.txt"):  # which version it is decides the name
        governed.update(version.tag_file_name for version in KNOWN)

    def judged(path: str) -> bool:
        return path not in governed and ("/" in path or manifest_name(path) is None)

    missing, surplus = _judge(profile.tag_files, facts.tag_files, judged, _unwanted_tag_file)
    for entry in missing:
        if _is_unknown(entry, facts):
            continue
        cited = clause("Tag-Files-Required")
        yield error(
            "PRO-TAG-FILE-REQUIRED", entry, _missing(entry), at=At(file=entry), clause=cited, expected=entry
        )
    yield from surplus.all()


def judge_payload_files(profile: Profile, facts: BagFacts) -> Iterator[Finding]:
    """Payload-Files-Required and -Allowed, over files that are there or that fetch.txt promises."""
    missing, surplus = _judge(
        profile.payload_files,
        chain(facts.payload_files, facts.fetch_paths or ()),
        lambda _path: True,
        _unwanted_payload_file,
    )
    for entry in missing:
        if facts.is_unseen("fetch.txt") or _is_unknown(entry, facts):
            continue
        cited = clause("Payload-Files-Required")
        yield error(
            "PRO-PAYLOAD-FILE-REQUIRED",
            entry,
            _missing(entry),
            at=At(file=entry),
            clause=cited,
            expected=entry,
        )
    yield from surplus.all()


_SURPLUS = "is there and no entry of the profile allows it"


def _unwanted_tag_file(path: str) -> Finding:
    cited = clause("Tag-Files-Allowed")
    return error("PRO-TAG-FILE-ALLOWED", path, _SURPLUS, at=At(file=path), clause=cited)


def _unwanted_payload_file(path: str) -> Finding:
    cited = clause("Payload-Files-Allowed")
    return error("PRO-PAYLOAD-FILE-ALLOWED", path, _SURPLUS, at=At(file=path), clause=cited)


def _is_unknown(entry: str, facts: BagFacts) -> bool:
    """True where something that could not be read may be what the entry asks for."""
    return facts.is_unseen_in(entry[:-1]) if entry.endswith("/") else facts.is_unseen(entry)


def _missing(entry: str) -> str:
    if entry.endswith("/"):
        return "no file below this folder, and the profile requires one"
    return "is required by the profile and missing"


def _judge(
    rule: PathRule, paths: Iterable[str], judged: Callable[[str], bool], unwanted: Callable[[str], Finding]
) -> tuple[list[str], FileFindings]:
    """The required entries that no path answers, and the paths that no entry allows."""
    allowed = rule.allowed
    surplus = FileFindings(".")
    if not rule.required and allowed is None:
        return [], surplus
    names = {entry for entry in rule.required if not entry.endswith("/")}
    folders = {entry for entry in rule.required if entry.endswith("/")}
    longest = max(map(len, folders), default=0)
    for path in paths:
        names.discard(path)
        if folders:
            folders.difference_update(_folders_of(path, longest))
        if allowed is not None and not allowed.allow(path) and judged(path):
            surplus.add(unwanted(path))
    return [entry for entry in rule.required if entry in names or entry in folders], surplus


def _folders_of(path: str, longest: int) -> Iterator[str]:
    """The folders that a path lies in, as far as they are no longer: fetch.txt may name thousands of them."""
    end = path.find("/", 0, longest)
    while end >= 0:
        yield path[: end + 1]
        end = path.find("/", end + 1, longest)
