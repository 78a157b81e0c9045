"""From the bytes of a profile to what it asks of bags, key by key."""

from typing import Final, NamedTuple

from archive.core.bagit.names import manifest_name
from archive.core.bagit.versions import Version
from archive.core.bagit_profile.consistency import contradictions
from archive.core.bagit_profile.media_types import canonical_media_type
from archive.core.bagit_profile.model import (
    BAG_INFO,
    IDENTIFIER,
    INFO,
    AlgorithmRule,
    PathRule,
    Profile,
    Serialization,
    TagRule,
)
from archive.core.bagit_profile.patterns import AllowedPaths, is_pattern
from archive.core.bagit_profile.reading import Reading
from archive.core.findings import Finding, Severity
from archive.core.limits.bags import PROFILE_PATTERNS

NEWEST: Final = (1, 4)
OLDEST: Final = (1, 1)

# key -> the version of the specification that brought it
KEYS: Final[dict[str, tuple[int, int]]] = {
    INFO: (1, 1),
    BAG_INFO: (1, 1),
    "Manifests-Required": (1, 1),
    "Manifests-Allowed": (1, 3),
    "Allow-Fetch.txt": (1, 1),
    "Fetch.txt-Required": (1, 4),
    "Data-Empty": (1, 4),
    "Serialization": (1, 1),
    "Accept-Serialization": (1, 1),
    "Accept-BagIt-Version": (1, 1),
    "Tag-Manifests-Required": (1, 1),
    "Tag-Manifests-Allowed": (1, 3),
    "Tag-Files-Required": (1, 1),
    "Tag-Files-Allowed": (1, 2),
    "Payload-Files-Required": (1, 4),
    "Payload-Files-Allowed": (1, 4),
}
_TAG_KEYS: Final = ("required", "recommended", "repeatable", "values", "description")
_DESCRIPTIVE: Final = ("Source-Organization", "External-Description", "Version")


class ParsedProfile(NamedTuple):
    """The profile, or None where something in it is wrong so that no bag can be held against it.

    `identifier` is what it calls itself, as far as that could be read.
    """

    profile: Profile | None
    findings: tuple[Finding, ...]
    identifier: str | None


def parse_profile(data: bytes, *, name: str) -> ParsedProfile:
    """The profile that the bytes hold, and everything that the specification has against it.

    An error finding means that it is not clear what is asked of a bag, and there is no profile; a warning
    that a rule for profiles is broken and what is meant is clear. No content raises.
    """
    reading = Reading(data, name)
    profile = _profile(reading)
    findings = reading.findings()
    if profile is not None and not any(each.severity is Severity.ERROR for each in findings):
        findings = (*findings, *contradictions(profile, reading.at))
    usable = not any(each.severity is Severity.ERROR for each in findings)
    identifier = profile.identifier or None if profile is not None else None
    return ParsedProfile(profile if usable else None, findings, identifier)


def _profile(reading: Reading) -> Profile | None:
    if not reading.is_object:
        return None
    reading.refuse_unknown((), KEYS)
    info = _info(reading)
    specification = _specification(reading)
    for key, since in KEYS.items():
        if reading.has(key) and specification < since:
            reading.note(
                "PRO-PROFILE-VERSION",
                (key,),
                f"“{key}” is of {_dotted(since)}, the profile of {_dotted(specification)}; it was applied",
            )
    return Profile(
        name=reading.name,
        identifier=info.get(IDENTIFIER, ""),
        specification=specification,
        version=info.get("Version", ""),
        description=info.get("External-Description", ""),
        tags=_tags(reading),
        manifests=_algorithms(reading, "Manifests"),
        tag_manifests=_algorithms(reading, "Tag-Manifests"),
        tag_files=_paths(reading, "Tag-Files"),
        payload_files=_paths(reading, "Payload-Files"),
        fetch_allowed=reading.boolean(("Allow-Fetch.txt",), default=True),
        fetch_required=reading.boolean(("Fetch.txt-Required",), default=False),
        data_empty=reading.boolean(("Data-Empty",), default=False),
        serialization=_serialization(reading),
        media_types=tuple(map(canonical_media_type, reading.texts(("Accept-Serialization",)) or ())),
        versions=_versions(reading),
    )


def _info(reading: Reading) -> dict[str, str]:
    """The tags of BagIt-Profile-Info that are needed here."""
    section = reading.section((INFO,))
    found = {key: reading.text((INFO, key)) for key in (*_DESCRIPTIVE, IDENTIFIER) if key in section}
    for key in _DESCRIPTIVE:
        if not found.get(key):
            reading.warning("PRO-PROFILE-MISSING", (INFO,), f"“{key}” is missing", expected=f"a text “{key}”")
    if not found.get(IDENTIFIER):
        reading.error(
            "PRO-PROFILE-MISSING",
            (INFO,),
            f"“{IDENTIFIER}” is missing, so that no bag can name the profile",
            expected=f"a URI under “{IDENTIFIER}”",
            remedy="add the URI by which bags name this profile",
        )
    return {key: text for key, text in found.items() if text}


def _specification(reading: Reading) -> tuple[int, int]:
    """The version of the specification that the profile is written for."""
    key = (INFO, "BagIt-Profile-Version")
    text = reading.text(key) if key[1] in reading.section((INFO,)) else None
    if text is None:
        return OLDEST  # § BagIt-Profile-Info: without the tag it is 1.1.0
    parsed = Version.parse(".".join(text.split(".")[:2]))
    if parsed is None:
        reading.warning("PRO-PROFILE-VERSION", key, f"{text[:40]} is no version", expected="such as 1.4.0")
        return NEWEST
    if parsed.major > NEWEST[0]:
        reading.error(
            "PRO-PROFILE-VERSION",
            key,
            f"is written for version {text[:40]} of the specification, which this program does not know",
            expected=f"at most {_dotted(NEWEST)}",
            found=text[:40],
            remedy="judge by it with a newer release of this program",
        )
    elif (parsed.major, parsed.minor) > NEWEST:
        reading.warning(
            "PRO-PROFILE-VERSION",
            key,
            f"is newer than {_dotted(NEWEST)} and was judged as that",
            found=text[:40],
        )
    return parsed.major, parsed.minor


def _tags(reading: Reading) -> tuple[TagRule, ...]:
    rules: list[TagRule] = []
    seen: set[str] = set()
    for label, content in reading.section((BAG_INFO,)).items():
        place = (BAG_INFO, label)
        if not isinstance(content, dict):
            reading.wrong_type(place, content, 'an object such as {"required": true}')
            continue
        if label.lower() in seen:
            reading.warning("PRO-PROFILE-LABEL", place, f"“{label}” differs from another label by case alone")
        seen.add(label.lower())
        if label.lower() == IDENTIFIER.lower():
            reading.warning(
                "PRO-PROFILE-LABEL", place, f"“{label}” is always required and need not be listed"
            )
        reading.refuse_unknown(place, _TAG_KEYS)
        rules.append(
            TagRule(
                label,
                reading.boolean((*place, "required"), default=False),
                reading.boolean((*place, "recommended"), default=False),
                reading.boolean((*place, "repeatable"), default=True),
                reading.texts((*place, "values")) or (),
                reading.text((*place, "description")) or "" if "description" in content else "",
            )
        )
    return tuple(rules)


def _algorithms(reading: Reading, kind: str) -> AlgorithmRule:
    required = _labels(reading, f"{kind}-Required")
    allowed = _labels(reading, f"{kind}-Allowed")
    return AlgorithmRule(required or (), None if allowed is None else frozenset(allowed))


def _labels(reading: Reading, key: str) -> tuple[str, ...] | None:
    """The algorithms of a list as they stand in names of manifests (RFC 8493 §2.4)."""
    texts = reading.texts((key,))
    if texts is None:
        return None
    names = [manifest_name(f"manifest-{text}.txt") if text else None for text in texts]
    if not all(names):
        reading.wrong_type((key,), "", "names of algorithms")
    return tuple(dict.fromkeys(name.label for name in names if name is not None))


def _paths(reading: Reading, kind: str) -> PathRule:
    required = reading.texts((f"{kind}-Required",)) or ()
    allowed = reading.texts((f"{kind}-Allowed",))
    if allowed is not None and sum(map(is_pattern, allowed)) > PROFILE_PATTERNS:
        reading.error(
            "PRO-PROFILE-SIZE",
            (f"{kind}-Allowed",),
            f"has more than {PROFILE_PATTERNS} patterns",
            expected=f"at most {PROFILE_PATTERNS}",
            remedy="put several into one with an asterisk",
        )
        allowed = ()
    return PathRule(required, None if allowed is None else AllowedPaths(allowed))


def _serialization(reading: Reading) -> Serialization:
    key = ("Serialization",)
    text = reading.text(key) if reading.has(key[0]) else None
    if text is None:
        return Serialization.OPTIONAL
    if text not in set(Serialization):
        expected = ", ".join(Serialization)
        reading.error(
            "PRO-PROFILE-TYPE", key, f"{text[:40]} is none of {expected}", expected=expected, found=text[:40]
        )
        return Serialization.OPTIONAL
    chosen = Serialization(text)
    if chosen is not Serialization.FORBIDDEN and not reading.has("Accept-Serialization"):
        reading.warning(
            "PRO-PROFILE-MISSING",
            key,
            f"serialization is {text} and no “Accept-Serialization” says in which form; any is accepted",
            expected="at least one media type",
        )
    return chosen


def _versions(reading: Reading) -> tuple[str, ...]:
    key = ("Accept-BagIt-Version",)
    versions = reading.texts(key)
    if not versions:
        reading.warning(
            "PRO-PROFILE-MISSING",
            key if versions is not None else (),
            "“Accept-BagIt-Version” names no version; any is accepted",
            expected="at least one version",
        )
        return ()
    for text in versions:
        if Version.parse(text) is None:
            reading.error(
                "PRO-PROFILE-TYPE",
                key,
                f"{text[:40]} is no BagIt version",
                expected="such as 1.0",
                found=text[:40],
            )
    return versions


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
