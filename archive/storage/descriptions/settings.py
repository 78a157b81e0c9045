"""What archive.toml says of descriptions: the profile in force, and what a collection or accession supplies.

[description]
profile = "dacs-minimum"

[description.defaults]            # of every document that does not say so itself
language = "en"

[accessions."2026-014".defaults]  # of every document of that acquisition
access = "restricted"
rights = ["© the family", "Quote with permission"]
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from archive.core.descriptions.access import EXPECTED, FIELD, AccessError, parse_access
from archive.core.descriptions.dcterms import nearest_term, normalise_key, qualified
from archive.core.descriptions.description import Description, Value, tidy
from archive.core.errors import MEND_SETTINGS, ConfigurationError
from archive.core.limits.output import QUOTED
from archive.core.text import printable

NOT_INHERITED: Final = frozenset(("title", "alternative", "identifier", "isPartOf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionSettings:
    """`profile` is a name or empty; the defaults are what a document inherits that does not say so itself."""

    profile: str = ""
    defaults: Description = field(default_factory=lambda: Description({}))
    accessions: Mapping[str, Description] = field(default_factory=dict)


NOTHING_SAID: Final = DescriptionSettings()


def parse_description_settings(document: Mapping[str, Any], place: str) -> DescriptionSettings:
    """What the parsed archive.toml says; ConfigurationError names the key that is wrong."""
    about = _table(document, "description", place)
    profile = about.get("profile", "")
    if not isinstance(profile, str):
        raise ConfigurationError(
            f"{place}: [description] profile must be a text in quotes", remedy=MEND_SETTINGS
        )
    accessions = _table(document, "accessions", place)
    return DescriptionSettings(
        profile=profile,
        defaults=_defaults(_table(about, "defaults", place), place, "description.defaults"),
        accessions={
            number: _defaults(
                _table(_table(accessions, number, place), "defaults", place),
                place,
                f"accessions.{number}.defaults",
            )
            for number in accessions
        },
    )


def _table(document: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise ConfigurationError(
            f"{place}: [{printable(name[:QUOTED])}] must be a table", remedy=MEND_SETTINGS
        )
    return table


def _defaults(table: Mapping[str, Any], place: str, name: str) -> Description:
    spot = f"{place}: [{printable(name[:QUOTED])}]"
    terms: dict[str, tuple[Value, ...]] = {}
    access = None
    for key, content in table.items():
        items = content if isinstance(content, list) else [content]
        texts = [tidy(item) for item in items if isinstance(item, str)]
        if not texts or len(texts) != len(items) or not all(texts):
            raise ConfigurationError(
                f"{spot} {printable(key[:QUOTED])} must be a text or a list of texts", remedy=MEND_SETTINGS
            )
        if key.strip().lower() == FIELD:
            try:
                access = parse_access(texts[0] if len(texts) == 1 else "")
            except AccessError as trouble:
                raise ConfigurationError(f"{spot} {FIELD} {trouble}", remedy=f"write {EXPECTED}") from None
            if access.title_hidden:
                plain = access._replace(title_hidden=False)
                raise ConfigurationError(
                    f"{spot} {FIELD}: a title is hidden by its document's own description alone",
                    remedy=f'write {plain} here; archive describe --accession NO --set "access={access}"',
                )
            continue
        term = normalise_key(key)
        if term is None or term in NOT_INHERITED:
            raise _no_default(spot, key, term)
        terms[term] = (*terms.get(term, ()), *map(Value, texts))
    return Description(terms, {}, access)


def _no_default(spot: str, key: str, term: str | None) -> ConfigurationError:
    if term is not None:
        return ConfigurationError(
            f"{spot} {qualified(term)} is each document's own, and not inherited",
            remedy="take that line out, and describe each document: archive describe",
        )
    near = nearest_term(key)
    return ConfigurationError(
        f"{spot} {printable(key[:QUOTED])} is no term of Dublin Core",
        remedy=f"did you mean {qualified(near)}?" if near else "such as rights, language, publisher, access",
    )
