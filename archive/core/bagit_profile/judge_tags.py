"""The tags of bag-info.txt against a profile's Bag-Info."""

from collections.abc import Iterator
from typing import Any

from archive.core.bagit.tagfile import unfolded
from archive.core.bagit.verdicts import BagFacts
from archive.core.bagit.versions import V1_0
from archive.core.bagit_profile.model import BAG_INFO, IDENTIFIER, Profile, TagRule, clause
from archive.core.findings import At, Finding, error, note, warning
from archive.core.limits.output import QUOTED_CHOICES, QUOTED_PROFILE_VALUE


def tag_file_name(facts: BagFacts) -> str:
    """The name of the file of tags: bag-info.txt, before 0.96 package-info.txt."""
    return facts.version.tag_file_name if facts.version else V1_0.tag_file_name


def judge_tags(profile: Profile, facts: BagFacts) -> Iterator[Finding]:
    """What the tags break. Labels do not differ by case (RFC 8493 §2.2.2), values do."""
    file = tag_file_name(facts)
    if _are_unknown(file, facts):
        return
    values: dict[str, list[str]] = {}
    for label, value in facts.bag_info:
        values.setdefault(label.lower(), []).append(value)
    yield from _identifier(profile, file, values.get(IDENTIFIER.lower(), []))
    for rule in profile.tags:
        if rule.label.lower() != IDENTIFIER.lower():
            yield from _tag(rule, file, values.get(rule.label.lower(), []))


def _are_unknown(file: str, facts: BagFacts) -> bool:
    """True where the tags could not be read, or nobody knows which file has them."""
    if facts.is_unseen(file) and not facts.bag_info:
        return True
    return facts.is_unseen("bagit.txt") and file not in facts.tag_files


def _identifier(profile: Profile, file: str, named: list[str]) -> Iterator[Finding]:
    """The bag must name the profile; it may name others too."""
    if profile.identifier in (value.strip() for value in named):
        return
    common = {
        "at": At(file=file, field=IDENTIFIER),
        "clause": clause(IDENTIFIER),
        "expected": profile.identifier,
    }
    if named:
        found = ", ".join(named)[:QUOTED_PROFILE_VALUE]
        yield error(
            "PRO-IDENTIFIER-OTHER", file, "names another profile than this one", found=found, **common
        )
    else:
        message = f"does not name the profile: there is no “{IDENTIFIER}”"
        yield error("PRO-IDENTIFIER-MISSING", file, message, found="no such tag", **common)


def _tag(rule: TagRule, file: str, values: list[str]) -> Iterator[Finding]:
    common: dict[str, Any] = {"at": At(file=file, field=rule.label), "clause": clause(BAG_INFO)}
    about = rule.description[:QUOTED_PROFILE_VALUE] or None
    if not values and rule.required:
        yield error(
            "PRO-TAG-REQUIRED",
            file,
            f"“{rule.label}” is required by the profile and missing",
            expected=about or f"a tag “{rule.label}”",
            found="no such tag",
            **common,
        )
    elif not values and rule.recommended:
        message = f"“{rule.label}” is recommended by the profile and missing"
        yield note("PRO-TAG-RECOMMENDED", file, message, expected=about, **common)
    if len(values) > 1 and not rule.repeatable:
        yield error(
            "PRO-TAG-REPEATED",
            file,
            f"“{rule.label}” stands {len(values):,} times, and the profile allows it once",
            expected="once",
            found=f"{len(values):,} times",
            **common,
        )
    if rule.values:
        yield from _values(rule, file, values, common)
    elif rule.required and values and not any(value.strip() for value in values):
        message = f"“{rule.label}” is required by the profile and empty"
        yield warning("PRO-TAG-EMPTY", file, message, expected=about, **common)


def _values(rule: TagRule, file: str, values: list[str], common: dict[str, Any]) -> Iterator[Finding]:
    choices = ", ".join(f"“{choice}”" for choice in rule.values[:QUOTED_CHOICES])
    expected = choices + (
        f" or one of {len(rule.values) - QUOTED_CHOICES:,} more" if len(rule.values) > QUOTED_CHOICES else ""
    )
    accepted = frozenset(rule.values)
    for value in dict.fromkeys(values):
        # A long value comes folded; a profile writes it on one line.
        if value not in accepted and unfolded(value) not in accepted:
            yield error(
                "PRO-TAG-VALUE",
                file,
                f"“{rule.label}” has a value that the profile does not accept",
                expected=expected,
                found=value[:QUOTED_PROFILE_VALUE],
                **common,
            )
