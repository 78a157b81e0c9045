"""The language that a value is in, whatever the case of its tag: RFC 5646 §2.1.1 gives case no meaning."""

from collections.abc import Iterable, Sequence

from archive.core.descriptions.description import Description, Value
from archive.core.descriptions.languages import LanguageState, judge


def language_of(tag: str | None) -> str | None:
    """What is the same for all spellings of a tag; tags are ASCII, and what is not stands for itself."""
    return tag.lower() if tag is not None and tag.isascii() else tag


def is_canonical(tag: str) -> bool:
    """True for the one form to write a tag in."""
    return judge(tag).state is LanguageState.CANONICAL


def spelt_alike(values: Sequence[Value], beside: Sequence[Value] = ()) -> tuple[Value, ...]:
    """The values with one spelling for each language: the canonical one where a value has it, else the first.

    Those `beside` come before them, and are asked, too.
    """
    spelling: dict[str | None, str | None] = {}
    for value in (*beside, *values):
        language, tag = language_of(value.lang), value.lang
        known = spelling.setdefault(language, tag)
        if tag is not None and known is not None and known != tag and is_canonical(tag):
            spelling[language] = tag
    return tuple(value._replace(lang=spelling[language_of(value.lang)]) for value in values)


def with_languages_alike(description: Description) -> Description:
    """The description in which no term spells one language in two ways; nearly always the very one."""
    mixed = [term for term, values in description.terms.items() if len(values) > 1 and _is_mixed(values)]
    if not mixed:
        return description
    return description.with_terms({term: spelt_alike(description.terms[term]) for term in mixed})


def _is_mixed(values: Iterable[Value]) -> bool:
    tags = {value.lang for value in values}
    return len(tags) > 1 and len(set(map(language_of, tags))) < len(tags)
