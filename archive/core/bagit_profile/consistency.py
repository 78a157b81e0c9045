"""What in a profile contradicts itself, so that no bag can keep it."""

from collections.abc import Callable, Iterator

from archive.core.bagit_profile.document import place_of
from archive.core.bagit_profile.model import AlgorithmRule, PathRule, Profile, clause
from archive.core.findings import At, Finding, error, warning

_Place = Callable[[str], At]
_REMEDY = "ask whoever keeps the profile for a corrected one"


def contradictions(profile: Profile, at: _Place) -> Iterator[Finding]:
    """Each pair of keys that no bag can keep both of, and what need not be listed; `at` finds a key."""

    def contradiction(key: str, message: str, expected: str, found: str) -> Finding:
        return error(
            "PRO-PROFILE-CONTRADICTION",
            place_of(at(key)),
            message,
            at=at(key),
            clause=clause(key),
            expected=expected,
            found=found,
            remedy=_REMEDY,
        )

    for kind, algorithms in (("Manifests", profile.manifests), ("Tag-Manifests", profile.tag_manifests)):
        for label in _not_allowed(algorithms):
            key = f"{kind}-Allowed"
            message = f"“{label}” is required by “{kind}-Required” and not in “{key}”"
            yield contradiction(key, message, label, ", ".join(sorted(algorithms.allowed or ())[:10]))
    for kind, paths in (("Tag-Files", profile.tag_files), ("Payload-Files", profile.payload_files)):
        for entry in _not_permitted(paths):
            key = f"{kind}-Allowed"
            message = f"{entry} is required by “{kind}-Required” and no entry of “{key}” allows it"
            yield contradiction(key, message, entry, "no entry for it")
    if profile.fetch_required and not profile.fetch_allowed:
        message = "fetch.txt is required and not allowed"
        yield contradiction(
            "Fetch.txt-Required", message, "“Allow-Fetch.txt” true", "“Allow-Fetch.txt” false"
        )
    yield from _outside_their_folder(profile, at)
    if "bag-info.txt" in profile.tag_files.required:
        yield warning(
            "PRO-PROFILE-NEEDLESS",
            place_of(at("Tag-Files-Required")),
            "bag-info.txt need not stand in “Tag-Files-Required”: the tag that names the profile is in it",
            at=at("Tag-Files-Required"),
            clause=clause("Tag-Files-Required"),
        )


def _not_allowed(rule: AlgorithmRule) -> list[str]:
    return [] if rule.allowed is None else [label for label in rule.required if label not in rule.allowed]


def _not_permitted(rule: PathRule) -> Iterator[str]:
    if rule.allowed is None:
        return
    for entry in rule.required:
        permitted = rule.allowed.allow_something_below if entry.endswith("/") else rule.allowed.allow
        if not permitted(entry):
            yield entry


def _outside_their_folder(profile: Profile, at: _Place) -> Iterator[Finding]:
    """Required payload that is not below data/, and required tag files that are."""
    for key, required, kind, payload in (
        ("Tag-Files-Required", profile.tag_files.required, "tag file", False),
        ("Payload-Files-Required", profile.payload_files.required, "payload file", True),
    ):
        for entry in required:
            if entry.startswith("data/") is not payload:
                yield error(
                    "PRO-PROFILE-CONTRADICTION",
                    place_of(at(key)),
                    f"{entry} is {'outside' if payload else 'below'} data/, where no {kind} can be",
                    at=at(key),
                    clause=clause(key),
                    expected="a path below data/" if payload else "a path outside data/",
                    found=entry,
                    remedy=_REMEDY,
                )
