"""What a later description changes of the one in force: merged by field, told field by field.

A field is a term, `access`, or a column that is not Dublin Core. What is offered without values leaves a
field as it is. A value with a language takes the place of the values in that language; a value without one
takes the place of all.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from archive.core.descriptions.access import FIELD, AccessStatus
from archive.core.descriptions.dcterms import qualified
from archive.core.descriptions.description import WHITE_SPACE, Description, Value, differences


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
        kept = tuple(value for value in terms.get(name, ()) if lang is not None and value.lang != lang)
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


def _replaced(held: tuple[Value, ...], offered: tuple[Value, ...]) -> tuple[Value, ...]:
    offered = _with_held_schemes(held, offered)
    languages = tuple(dict.fromkeys(value.lang for value in offered))
    kept = tuple(value for value in held if value.lang not in languages)
    if all(_in(held, lang) == _in(offered, lang) for lang in languages) and (
        None not in languages or not kept
    ):
        return held  # a table has a column for each language, so that the order among them is lost there
    if None in languages:
        return offered
    for lang in languages:
        at = next((place for place, value in enumerate(held) if value.lang == lang), len(held))
        rest = tuple(value for value in held[at:] if value.lang != lang)
        held = (*held[:at], *_in(offered, lang), *rest)
    return held


def _with_held_schemes(held: tuple[Value, ...], offered: tuple[Value, ...]) -> tuple[Value, ...]:
    """The offered values; one that repeats a held text keeps the scheme and IRI, which no table can say.

    A text that is held and offered equally often, under several schemes, keeps them in their order.
    """
    known: dict[tuple[str, str | None], list[Value]] = {}
    for value in held:
        known.setdefault((value.value, value.lang), []).append(value)
    often = Counter((value.value, value.lang) for value in offered)
    said = {(value.value, value.lang) for value in offered if _states_more(value)}
    seen: Counter[tuple[str, str | None]] = Counter()
    kept: list[Value] = []
    for value in offered:
        key = (value.value, value.lang)
        meant = known.get(key, [])
        if key not in said and often[key] == len(meant):
            kept.append(meant[seen[key]])
        else:
            kept.append(value if value in held or _states_more(value) or not meant else meant[0])
        seen[key] += 1
    return tuple(kept)


def _states_more(value: Value) -> bool:
    return value.scheme is not None or value.uri is not None


def _in(values: tuple[Value, ...], lang: str | None) -> tuple[Value, ...]:
    return tuple(value for value in values if value.lang == lang)


def _values(description: Description, name: str) -> tuple[Value, ...]:
    if name == FIELD and description.access is not None:
        return (Value(str(description.access)),)
    other: Mapping[str, tuple[str, ...]] = description.other
    return description.terms.get(name, ()) or tuple(map(Value, other.get(name, ())))
