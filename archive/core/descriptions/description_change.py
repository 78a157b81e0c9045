"""What a later description changes of the one in force: merged by field, told field by field.

A field is a term, `access`, or a column that is not Dublin Core. What is offered without values leaves a
field as it is. A value with a language takes the place of the values in that language, whatever the case of
its tag; a value without one takes the place of all.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from archive.core.descriptions.access import FIELD, AccessStatus
from archive.core.descriptions.dcterms import qualified
from archive.core.descriptions.description import WHITE_SPACE, Description, Value, differences
from archive.core.descriptions.value_languages import is_canonical, language_of, spelt_alike


class FieldChange(NamedTuple):
    """One field before and after; no values stand for a field that is not there."""

    field: str
    old: tuple[Value, ...]
    new: tuple[Value, ...]

    def to_json(self) -> dict[str, Any]:
        """The field as people write it, with its values as a description has them."""
        return {
            "field": self.field,
            "old": [value.to_json() for value in self.old],
            "new": [value.to_json() for value in self.new],
        }


class Field(NamedTuple):
    """A field to be emptied: a term or another column, and the language that is meant; None means all."""

    name: str
    lang: str | None = None


def merged(held: Description, offered: Description, cleared: Collection[Field] = ()) -> Description:
    """The held description with what is offered in its place; the `cleared` fields are emptied first."""
    terms = dict(held.terms)
    for name, lang in cleared:
        kept = tuple(value for value in terms.get(name, ()) if not _is_in(value, lang))
        if kept:
            terms[name] = kept
        else:
            terms.pop(name, None)
    names = {field.name for field in cleared}
    other = {name: texts for name, texts in held.other.items() if name not in names}
    for term, values in offered.terms.items():
        terms[term] = _replaced(terms.get(term, ()), values)
    access = None if FIELD in names else held.access
    if offered.access is not None:
        access = None if offered.access.status is AccessStatus.NOT_STATED else offered.access
        other = {name: texts for name, texts in other.items() if name.strip().lower() != FIELD}
    for name, texts in offered.other.items():
        if texts != _without_blanks(other.get(name, ())):
            other[name] = texts
    return Description(terms, other, access)


def field_changes(held: Description, new: Description) -> tuple[FieldChange, ...]:
    """Every field that differs, terms first; a title is told as its description lets it be shown."""
    before = held.without_title() if held.hides_title else held
    after = new.without_title() if new.hides_title else new
    return tuple(
        FieldChange(
            qualified(name) if name in held.terms or name in new.terms else name,
            _values(before, name),
            _values(after, name),
        )
        for name in differences(held, new)
    )


def _without_blanks(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts as every form gives them back: a blank one is read as none, but may be held."""
    return tuple(text for text in texts if text.strip(WHITE_SPACE))


def _is_in(value: Value, lang: str | None) -> bool:
    """True where the value is in the language; None stands for all."""
    return lang is None or language_of(value.lang) == language_of(lang)


def _replaced(held: tuple[Value, ...], offered: tuple[Value, ...]) -> tuple[Value, ...]:
    offered = _with_held_schemes(held, offered)
    if _changes_nothing(held, offered):
        return held
    offered = spelt_alike(offered, held)
    if any(value.lang is None for value in offered):
        return offered
    for lang in dict.fromkeys(language_of(value.lang) for value in offered):
        at = next((place for place, value in enumerate(held) if language_of(value.lang) == lang), len(held))
        rest = tuple(value for value in held[at:] if language_of(value.lang) != lang)
        held = (*held[:at], *_in(offered, lang), *rest)
    return held


def _changes_nothing(held: tuple[Value, ...], offered: tuple[Value, ...]) -> bool:
    """True where each language that is offered, in all its spellings, is held just so.

    The order among languages is none: a table has a column for each. A tag in another case is no change,
    unless it is the canonical one, and not held.
    """
    languages = dict.fromkeys(language_of(value.lang) for value in offered)
    if None in languages and any(language_of(value.lang) not in languages for value in held):
        return False
    replaced = [value for value in held if language_of(value.lang) in languages]
    held_tags = {value.lang for value in replaced}
    tags = {value.lang for value in offered}
    if tags == held_tags:
        return all(
            [value for value in replaced if value.lang == tag] == [v for v in offered if v.lang == tag]
            for tag in tags
        )
    if any(tag is not None and is_canonical(tag) for tag in tags - held_tags):
        return False
    return all(_texts(_in(held, lang)) == _texts(_in(offered, lang)) for lang in languages)


def _texts(values: tuple[Value, ...]) -> list[Value]:
    return [value._replace(lang=None) for value in values]


def _with_held_schemes(held: tuple[Value, ...], offered: tuple[Value, ...]) -> tuple[Value, ...]:
    """The offered values; one that repeats a held text keeps the scheme and IRI, which no table can say.

    A text that is held and offered equally often, under several schemes, keeps them in their order.
    """
    known: dict[tuple[str, str | None], list[Value]] = {}
    for value in held:
        known.setdefault(_text_and_language(value), []).append(value)
    often = Counter(map(_text_and_language, offered))
    said = {_text_and_language(value) for value in offered if _states_more(value)}
    seen: Counter[tuple[str, str | None]] = Counter()
    kept: list[Value] = []
    for value in offered:
        key = _text_and_language(value)
        meant = known.get(key, [])
        if key not in said and often[key] == len(meant):
            kept.append(meant[seen[key]]._replace(lang=value.lang))
        elif value in held or _states_more(value) or not meant:
            kept.append(value)
        else:
            kept.append(meant[0]._replace(lang=value.lang))
        seen[key] += 1
    return tuple(kept)


def _text_and_language(value: Value) -> tuple[str, str | None]:
    return value.value, language_of(value.lang)


def _states_more(value: Value) -> bool:
    return value.scheme is not None or value.uri is not None


def _in(values: tuple[Value, ...], lang: str | None) -> tuple[Value, ...]:
    return tuple(value for value in values if language_of(value.lang) == lang)


def _values(description: Description, name: str) -> tuple[Value, ...]:
    if name == FIELD and description.access is not None:
        return (Value(str(description.access)),)
    other: Mapping[str, tuple[str, ...]] = description.other
    return description.terms.get(name, ()) or tuple(map(Value, other.get(name, ())))
