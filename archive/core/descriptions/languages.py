"""Language tags: well-formed (RFC 5646 §2.1), valid (IANA registry), canonical (§4.5)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from archive.core.descriptions.language_names import TAG_OF_NAME
from archive.core.limits.values import LANGUAGE_TAG_CHARACTERS, LANGUAGES_IN_ONE_TEXT


class LanguageState(StrEnum):
    """How far a tag can be trusted to name a language."""

    MALFORMED = "malformed"  # not the grammar of RFC 5646
    WELL_FORMED = "well-formed"  # the grammar, but a subtag that is not registered, misplaced or doubled
    VALID = "valid"  # names a language, in a form that is not the canonical one
    CANONICAL = "canonical"  # the one form to write


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageTag:
    """A tag as given and what became known of it.

    `canonical` is the form to emit, known for valid tags only; `suggestion` is a canonical tag that the
    writer may have meant, None for canonical tags and where nothing is likely.
    """

    original: str
    state: LanguageState
    canonical: str | None
    suggestion: str | None


# Canonical as they stand: most descriptions end here, without the import of langcodes (80 ms).
_COMMON_TAGS = """
ar bg bn ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kn ko la lt lv mk ml
mr ms mt mul nb nl nn no pa pl pt ro ru sk sl sq sr sv sw ta te th tr uk und ur vi yi zh zxx
"""
_COMMON = frozenset(_COMMON_TAGS.split())

_SEVERAL = re.compile(r"\s*(?:[;|,/&\n]|\band\b)\s*")

_LANGTAG = re.compile(
    r"(?P<language>[a-z]{2,3}(?:-(?P<extlang>[a-z]{3}(?:-[a-z]{3}){0,2}))?|[a-z]{4}|[a-z]{5,8})"
    r"(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*)"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.ASCII,
)
_PRIVATE = re.compile("x(?:-[a-z0-9]{1,8})+", re.ASCII)

# RFC 5646 §2.1: registered before the grammar was. The irregular ones do not fit it.
_IRREGULAR_TAGS = """
en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao i-tay i-tsu
sgn-be-fr sgn-be-nl sgn-ch-de
"""
_REGULAR_TAGS = """
art-lojban cel-gaulish no-bok no-nyn zh-guoyu zh-hakka zh-min zh-min-nan zh-xiang
"""
_IRREGULAR = frozenset(_IRREGULAR_TAGS.split())
_GRANDFATHERED = _IRREGULAR | frozenset(_REGULAR_TAGS.split())
# What the registry says where langcodes makes up a private use tag or follows CLDR.
_GRANDFATHERED_FORMS = {
    "i-default": "i-default",
    "i-enochian": "i-enochian",
    "i-mingo": "i-mingo",
    "cel-gaulish": "cel-gaulish",
    "zh-min": "zh-min",
    "zh-guoyu": "cmn",
}

# langcodes follows CLDR, which also replaces codes that are alive in the IANA registry: Tagalog becomes
# Filipino, a text from the Soviet Union one from Russia. A description keeps what it says.
_LIVING_LANGUAGES = frozenset({"cnr", "prs", "sh", "swc", "tl"})
_HISTORIC_REGIONS = frozenset({"an", "cs", "nt", "su", "yu"})
_RENAMED_REGIONS = frozenset({"bu", "dd", "fx", "tp", "yd", "zr"})  # deprecated with a preferred value


def judge(tag: str) -> LanguageTag:
    """What the tag is worth; never raises, whatever the text.

    Three-letter codes of ISO 639-2 and 639-3 for a language that has two letters (`eng`, `fre`) are not in
    the registry but known beyond doubt: they count as valid, with the canonical form.
    """
    if len(tag) > LANGUAGE_TAG_CHARACTERS:  # never kept in the cache
        return LanguageTag(original=tag, state=LanguageState.MALFORMED, canonical=None, suggestion=None)
    return _judge(tag)


@lru_cache(maxsize=4096)
def _judge(tag: str) -> LanguageTag:
    if tag in _COMMON:
        return LanguageTag(original=tag, state=LanguageState.CANONICAL, canonical=tag, suggestion=None)
    well_formed = _is_well_formed(tag)
    canonical = _canonical(tag.lower()) if well_formed else None
    if canonical is None:
        state = LanguageState.WELL_FORMED if well_formed else LanguageState.MALFORMED
        return LanguageTag(original=tag, state=state, canonical=None, suggestion=_suggest(tag))
    if canonical == tag:
        return LanguageTag(original=tag, state=LanguageState.CANONICAL, canonical=tag, suggestion=None)
    return LanguageTag(original=tag, state=LanguageState.VALID, canonical=canonical, suggestion=canonical)


def _is_well_formed(tag: str) -> bool:
    if not tag.isascii():  # before lower(): the Kelvin sign becomes a k
        return False
    lowered = tag.lower()
    return (
        _LANGTAG.fullmatch(lowered) is not None
        or _PRIVATE.fullmatch(lowered) is not None
        or lowered in _IRREGULAR
    )


def _canonical(lowered: str) -> str | None:
    """The canonical form of a well-formed tag in lower case, None where it is not valid."""
    if lowered in _GRANDFATHERED:
        return _GRANDFATHERED_FORMS.get(lowered) or _standard(lowered)
    match = _LANGTAG.fullmatch(lowered)
    if match is None:
        return lowered  # private use as a whole: registered nowhere, valid by definition
    language, extlang, region = match["language"], match["extlang"], match["region"]
    if (len(language) > 3 and extlang is None) or _repeats(match):
        return None
    if extlang is not None:
        return _without_prefix(lowered, language, extlang)
    standard = _standard(lowered)
    if standard is None:
        return None
    if language in _LIVING_LANGUAGES:
        standard = _keep_language(lowered, language)
    if region is None:
        return standard
    return _with_region(standard, match["script"], region)


def _repeats(match: re.Match[str]) -> bool:
    """RFC 5646 §2.2.9: neither a variant nor the singleton of an extension may come twice."""
    variants = match["variants"].split("-")[1:]
    singletons = [part for part in match["extensions"].split("-") if len(part) == 1]
    return len({*variants}) < len(variants) or len({*singletons}) < len(singletons)


def _without_prefix(lowered: str, prefixed: str, extlang: str) -> str | None:
    """§4.5: an extended language subtag stands alone in the canonical form (`zh-yue` is `yue`)."""
    primary = prefixed.partition("-")[0]
    if "-" in extlang:  # §2.2.2: a second one is reserved for ever
        return None
    # langcodes drops or keeps a prefix, but does not say that `en-yue` was never one.
    if (
        primary not in {"ar", "kok", "lv", "ms", "sgn", "sw", "uz", "zh"}
        or _standard(f"{primary}-{extlang}") is None
    ):
        return None
    return _canonical(extlang + lowered[len(prefixed) :])


def _keep_language(lowered: str, language: str) -> str | None:
    # Everything but the language is put in form by way of a language that stays as it is.
    rest = lowered[len(language) :]
    standard = _standard(f"mul{rest}")
    return None if standard is None else f"{language}{standard.removeprefix('mul')}"


def _with_region(standard: str | None, script: str | None, region: str) -> str | None:
    if standard is None:
        return None
    subtags = standard.split("-")
    wanted = region.upper()
    if wanted in subtags or region in _RENAMED_REGIONS:
        return standard
    if region not in _HISTORIC_REGIONS:
        return None  # an alias of CLDR that IANA does not register, such as UK
    at = 2 if script is not None and len(subtags) > 1 and len(subtags[1]) == 4 else 1
    return "-".join([*subtags[:at], wanted, *subtags[at + 1 :]])


def _standard(tag: str) -> str | None:
    """The tag as langcodes standardizes it, None where it knows a subtag not."""
    import langcodes  # 80 ms that most runs do not need

    try:
        return langcodes.standardize_tag(tag) if langcodes.tag_is_valid(tag) else None
    except (ValueError, KeyError, AttributeError):
        return None


def several(text: str) -> tuple[str, ...]:
    """The canonical tags of two or more languages in one text, `lat; eng`; empty for any other text."""
    if len(text) > LANGUAGE_TAG_CHARACTERS:  # before the pattern, whose time is the square of a run of spaces
        return ()
    parts = [part for part in _SEVERAL.split(text.strip()) if part]
    if not 2 <= len(parts) <= LANGUAGES_IN_ONE_TEXT:
        return ()
    tags = [verdict.canonical or verdict.suggestion for verdict in map(judge, parts)]
    return tuple(tag for tag in tags if tag) if all(tags) else ()


def _suggest(tag: str) -> str | None:
    """A canonical tag that the text may have meant."""
    text = tag.strip()
    if (named := TAG_OF_NAME.get(text.casefold())) is not None:
        return named
    spelled = "-".join(part for part in re.split(r"[_\s-]+", text) if part)
    if not _is_well_formed(spelled):
        return None
    lowered = spelled.lower()
    match = _LANGTAG.fullmatch(lowered)
    if match is not None and len(match["language"]) > 3 and match["extlang"] is None:
        return None
    return _canonical(lowered) or _alias(lowered, match)


def _alias(lowered: str, match: re.Match[str] | None) -> str | None:
    # `en-UK`: the region is CLDR's alias of a registered one.
    if match is None or match["region"] is None or _repeats(match):
        return None
    standard = _standard(lowered)
    return (
        None
        if standard is None or standard.endswith("-ZZ") or _canonical(standard.lower()) is None
        else standard
    )
