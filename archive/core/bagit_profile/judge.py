"""A bag against a profile: every violation, in the order of the specification's keys."""

from collections.abc import Collection, Iterator, Sequence

from archive.core.bagit.tagfile import Tag
from archive.core.bagit.verdicts import BagFacts
from archive.core.bagit.versions import Version
from archive.core.bagit_profile.judge_paths import judge_payload_files, judge_tag_files
from archive.core.bagit_profile.judge_tags import judge_tags
from archive.core.bagit_profile.media_types import canonical_media_type
from archive.core.bagit_profile.model import IDENTIFIER, AlgorithmRule, Profile, Serialization, clause
from archive.core.findings import At, Finding, error


def declared_identifiers(tags: Sequence[Tag]) -> tuple[str, ...]:
    """The profiles that a bag says it keeps, in its order: the tag may be repeated."""
    wanted = IDENTIFIER.lower()
    found = (value.strip() for label, value in tags if label.lower() == wanted)
    return tuple(dict.fromkeys(value for value in found if value))


def judge(profile: Profile, facts: BagFacts) -> list[Finding]:
    """Everything in which the bag breaks the profile; empty where it keeps it.

    The specification lets a validator stop at a version or serialization that is not accepted; an
    auditor wants the rest too. Nothing is said of what could not be read. Time is linear in the paths; the
    findings of each list are capped.
    """
    return [
        *judge_tags(profile, facts),
        *_manifests(profile, facts),
        *_fetch(profile, facts),
        *_data_empty(profile, facts),
        *_serialization(profile, facts),
        *_version(profile, facts),
        *judge_tag_files(profile, facts),
        *judge_payload_files(profile, facts),
    ]


def _manifests(profile: Profile, facts: BagFacts) -> Iterator[Finding]:
    yield from _missing(
        profile.manifests,
        facts.payload_algorithms,
        "manifest",
        "PRO-MANIFEST-REQUIRED",
        "Manifests-Required",
        facts,
    )
    yield from _surplus(
        profile.manifests, facts.payload_algorithms, "manifest", "PRO-MANIFEST-ALLOWED", "Manifests-Allowed"
    )
    yield from _missing(
        profile.tag_manifests,
        facts.tag_algorithms,
        "tagmanifest",
        "PRO-TAG-MANIFEST-REQUIRED",
        "Tag-Manifests-Required",
        facts,
    )
    yield from _surplus(
        profile.tag_manifests,
        facts.tag_algorithms,
        "tagmanifest",
        "PRO-TAG-MANIFEST-ALLOWED",
        "Tag-Manifests-Allowed",
    )


def _missing(
    rule: AlgorithmRule, present: Collection[str], stem: str, code: str, key: str, facts: BagFacts
) -> Iterator[Finding]:
    for label in rule.required:
        file = f"{stem}-{label}.txt"
        if label not in present and not facts.is_unseen(file):
            found = _listed(present) or "none"
            message = "is required by the profile and missing"
            yield error(
                code, file, message, at=At(file=file), clause=clause(key), expected=label, found=found
            )


def _surplus(
    rule: AlgorithmRule, present: Collection[str], stem: str, code: str, key: str
) -> Iterator[Finding]:
    if rule.allowed is None:
        return
    for label in sorted(present):
        if label not in rule.allowed:
            file = f"{stem}-{label}.txt"
            expected = _listed(rule.allowed) or "none"
            message = "is of an algorithm that the profile does not allow"
            yield error(
                code, file, message, at=At(file=file), clause=clause(key), expected=expected, found=label
            )


def _fetch(profile: Profile, facts: BagFacts) -> Iterator[Finding]:
    paths = facts.fetch_paths
    is_unseen = facts.is_unseen("fetch.txt")
    at = At(file="fetch.txt")
    if paths is not None and not profile.fetch_allowed:
        yield error(
            "PRO-FETCH-ALLOWED",
            "fetch.txt",
            "is there and the profile does not allow it",
            at=at,
            clause=clause("Allow-Fetch.txt"),
            expected="no fetch.txt",
            found="fetch.txt" if is_unseen else f"fetch.txt with {len(paths):,} entries",
        )
    if paths is None and profile.fetch_required and not is_unseen:
        yield error(
            "PRO-FETCH-REQUIRED",
            "fetch.txt",
            "is required by the profile and missing",
            at=at,
            clause=clause("Fetch.txt-Required"),
            expected="fetch.txt",
            found="no fetch.txt",
        )


def _data_empty(profile: Profile, facts: BagFacts) -> Iterator[Finding]:
    files, octets = len(facts.payload_files), facts.payload_bytes
    at_least = "at least " if facts.is_unseen_in("data") else ""
    if profile.data_empty and (files > 1 or octets):
        yield error(
            "PRO-DATA-EMPTY",
            "data/",
            "is not empty, as the profile asks",
            at=At(file="data/"),
            clause=clause("Data-Empty"),
            expected="no file, or one of no bytes",
            found=f"{at_least}{files:,} {'file' if files == 1 else 'files'} of {octets:,} bytes",
        )


def _serialization(profile: Profile, facts: BagFacts) -> Iterator[Finding]:
    media_type = facts.serialization
    if media_type is None:
        if profile.serialization is Serialization.REQUIRED:
            yield error(
                "PRO-SERIALIZATION-REQUIRED",
                ".",
                "is a folder, and the profile asks for one file",
                clause=clause("Serialization"),
                expected=_listed(profile.media_types) or "a serialised bag",
                found="a folder",
            )
    elif profile.serialization is Serialization.FORBIDDEN:
        yield error(
            "PRO-SERIALIZATION-FORBIDDEN",
            ".",
            "comes as one file, and the profile asks for a folder",
            clause=clause("Serialization"),
            expected="a folder",
            found=media_type,
        )
    elif profile.media_types and canonical_media_type(media_type) not in profile.media_types:
        yield error(
            "PRO-SERIALIZATION-TYPE",
            ".",
            "is serialised in a form that the profile does not accept",
            clause=clause("Accept-Serialization"),
            expected=_listed(profile.media_types),
            found=media_type,
        )


def _version(profile: Profile, facts: BagFacts) -> Iterator[Finding]:
    accepted = {Version.parse(text) for text in profile.versions}
    if accepted and facts.version not in accepted and not facts.is_unseen("bagit.txt"):
        yield error(
            "PRO-BAGIT-VERSION",
            "bagit.txt",
            "is of a BagIt version that the profile does not accept",
            at=At(file="bagit.txt", field="BagIt-Version"),
            clause=clause("Accept-BagIt-Version"),
            expected=_listed(profile.versions),
            found=str(facts.version) if facts.version else "no version that can be read",
        )


def _listed(names: Collection[str]) -> str:
    """At most ten of the names, in their order where they have one."""
    ordered = sorted(names) if isinstance(names, frozenset | set) else list(dict.fromkeys(names))
    return ", ".join(ordered[:10]) + (", …" if len(ordered) > 10 else "")
