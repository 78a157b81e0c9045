"""A validated Dublin Core statement about one document, and its one form on disk.

On disk (`schemas/dublin-core.schema.json`): a JSON object with `schema`, one array per term that has values
and, under `other`, the columns that are not Dublin Core, kept as they came. An item is a plain string, or an
object where a language, a scheme or an IRI belongs to it. `access` is one text
(`archive.core.descriptions.access`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from archive.core.canonical import readable
from archive.core.descriptions.access import FIELD, HIDDEN_TITLE, Access, AccessStatus, parse_access
from archive.core.descriptions.dcterms import TERMS, normalise_key_with_language

SCHEMA: Final = "dublin-core/1"
SCHEMA_MAJOR: Final = 1
# By which PREMIS names the schema that judged a description.
SCHEMA_ID: Final = "urn:document-archive:schema:dublin-core:1"

# Unicode White_Space; the schema's "not blank" pattern spells the same set. The separators U+001C to U+001F,
# which str.strip() would drop too, are control characters: a person should see them.
WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


# What a title that is to be hidden hides with it.
TITLES: Final = ("title", "alternative")


class Value(NamedTuple):
    """One value of a term: the text, its language tag, the scheme it follows, the IRI it stands for."""

    value: str
    lang: str | None = None
    scheme: str | None = None
    uri: str | None = None

    def to_json(self) -> str | dict[str, str]:
        """A plain string where nothing but the text is known."""
        if self.lang is None and self.scheme is None and self.uri is None:
            return self.value
        return {key: part for key, part in self._asdict().items() if part is not None}


# Half the time of calling the class, which goes through a Python function for its defaults.
_new = tuple.__new__


def tidy(text: str) -> str:
    """The text without white space around it, its line ends as LF; nothing else is changed."""
    text = text.strip(WHITE_SPACE)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def is_beside_title(name: str) -> bool:
    """True for the name under which is kept what a record said of a title beside its text (`/dc.title`)."""
    known = normalise_key_with_language(name[1:]) if name.startswith("/") else None
    return known is not None and known[0] in TITLES


@dataclass(frozen=True, slots=True)
class Description:
    """Terms by canonical DCMI name with their values in order; `other` holds columns that are not ours.

    `access` is None where nothing is said of it; `not stated`, once said, is stored as nothing, too.
    Neither mapping is changed after construction, and a term without values is absent.
    """

    terms: Mapping[str, tuple[Value, ...]]
    other: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    access: Access | None = None

    @property
    def title(self) -> str:
        """The first title, or an empty text."""
        return self.first("title") or ""

    @property
    def hides_title(self) -> bool:
        """True where the title is not to be shown or searched, whatever the day."""
        return self.access is not None and self.access.title_hidden

    @property
    def shown_title(self) -> str:
        """The title as lists may show it: where it is hidden, until another description says otherwise, words
        that say so."""
        return HIDDEN_TITLE if self.hides_title and self.title else self.title

    @property
    def titles(self) -> frozenset[str]:
        """Every text that is a title of it, shown or not."""
        return frozenset(value.value for term in TITLES for value in self.terms.get(term, ()))

    def without_title(self) -> "Description":
        """The description with words in the place of its titles that say that they are hidden."""
        titles = {term: (Value(HIDDEN_TITLE),) if term == "title" else () for term in TITLES}
        other = {name: texts for name, texts in self.other.items() if not is_beside_title(name)}
        return replace(self, other=other).with_terms(titles)

    def first(self, term: str) -> str | None:
        """The text of the term's first value, or None."""
        values = self.terms.get(term)
        return values[0].value if values else None

    def to_json(self) -> dict[str, Any]:
        """The document under `schemas/dublin-core.schema.json`."""
        document: dict[str, Any] = {"schema": SCHEMA}
        for term, values in self.terms.items():
            document[term] = [
                item[0] if item[1] is None and item[2] is None and item[3] is None else item.to_json()
                for item in values
            ]
        if self.access is not None and self.access.status is not AccessStatus.NOT_STATED:
            document["access"] = str(self.access)
        if self.other:
            document["other"] = {column: list(values) for column, values in self.other.items()}
        return document

    def canonical_bytes(self) -> bytes:
        """The one byte sequence of this description: what is stored and hashed.

        Raises UnicodeEncodeError where a value holds lone surrogates; the readers refuse those.
        """
        return readable(self.to_json())

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Description":
        """The description that a schema-valid document states; a single value may stand without its array."""
        terms: dict[str, tuple[Value, ...]] = {}
        other: dict[str, tuple[str, ...]] = {}
        access: Access | None = None
        for key, content in document.items():
            if key == "schema":
                continue
            if key == "access":
                access = parse_access(content)
            elif key == "other":
                for column, texts in content.items():
                    other[column] = (texts,) if isinstance(texts, str) else tuple(texts)
            elif isinstance(content, list):
                if len(content) == 1 and type(content[0]) is str:  # nearly always: no call that need not be
                    text = content[0].strip(WHITE_SPACE)
                    terms[key] = (_new(Value, (tidy(text) if "\r" in text else text, None, None, None)),)
                elif content:
                    terms[key] = tuple(
                        [
                            _new(Value, (tidy(item), None, None, None)) if type(item) is str else _value(item)
                            for item in content
                        ]
                    )
            else:
                terms[key] = (_value(content),)
        return cls(terms, other, access)

    @classmethod
    def from_stored(cls, data: bytes) -> "Description":
        """The description in canonical bytes of our own, at half the price: they are tidy already.

        Raises ValueError, TypeError, KeyError or AttributeError where they are no description.
        """
        document = json.loads(data.decode())
        other = {column: tuple(texts) for column, texts in document.pop("other", {}).items()}
        document.pop("schema", None)
        access = document.pop("access", None)
        terms = {
            term: tuple([Value(item) if item.__class__ is str else _value(item) for item in items])
            for term, items in document.items()
        }
        return cls(terms, other, parse_access(access) if access is not None else None)

    def with_terms(self, changes: Mapping[str, Iterable[Value]]) -> "Description":
        """The description with the named terms replaced; a term given no values is removed."""
        terms = dict(self.terms)
        for term, values in changes.items():
            if kept := tuple(values):
                terms[term] = kept
            else:
                terms.pop(term, None)
        return Description(terms, self.other, self.access)


def differences(held: Description, offered: Description) -> tuple[str, ...]:
    """The names of the terms, `access`, then the other columns whose values differ in content or order."""
    terms = [term for term in TERMS if held.terms.get(term) != offered.terms.get(term)]
    columns = held.other.keys() | offered.other.keys()
    other = sorted(name for name in columns if held.other.get(name) != offered.other.get(name))
    access = [FIELD] if held.access != offered.access and FIELD not in other else []
    return (*terms, *access, *other)


def _value(item: str | Mapping[str, str]) -> Value:
    if isinstance(item, str):
        return Value(tidy(item))
    return Value(tidy(item["value"]), item.get("lang"), item.get("scheme"), item.get("uri"))
