"""Qualified names of DSpace, in its tables and its dublin_core.xml, as terms of DCMI."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Mapped(NamedTuple):
    """The term that a qualified name of DSpace means, and the scheme that its qualifier tells (or None)."""

    term: str
    scheme: str | None = None


# DSpace's default registry, what DCMI has no refinement for. Qualifiers that say more than the term go into
# the scheme of the value, so that nothing is lost.
DSPACE: Final[Mapping[str, Mapped]] = {
    "contributor.author": Mapped("creator"),
    "contributor.advisor": Mapped("contributor", "advisor"),
    "contributor.editor": Mapped("contributor", "editor"),
    "contributor.illustrator": Mapped("contributor", "illustrator"),
    "contributor.other": Mapped("contributor"),
    "date.accessioned": Mapped("dateAccepted"),
    "date.copyright": Mapped("dateCopyrighted"),
    "date.submitted": Mapped("dateSubmitted"),
    "date.updated": Mapped("modified"),
    "description.provenance": Mapped("provenance"),
    "format.mimetype": Mapped("format", "mimetype"),
    "identifier.citation": Mapped("bibliographicCitation"),
    "identifier.doi": Mapped("identifier", "doi"),
    "identifier.govdoc": Mapped("identifier", "govdoc"),
    "identifier.isbn": Mapped("identifier", "isbn"),
    "identifier.ismn": Mapped("identifier", "ismn"),
    "identifier.issn": Mapped("identifier", "issn"),
    "identifier.other": Mapped("identifier"),
    "identifier.sici": Mapped("identifier", "sici"),
    "identifier.uri": Mapped("identifier", "uri"),
    "language.iso": Mapped("language"),
    "relation.ispartofseries": Mapped("isPartOf"),
    "relation.uri": Mapped("relation", "uri"),
    "rights.holder": Mapped("rightsHolder"),
    "rights.uri": Mapped("rights", "uri"),
    "source.uri": Mapped("source", "uri"),
    "subject.classification": Mapped("subject", "classification"),
    "subject.ddc": Mapped("subject", "ddc"),
    "subject.lcc": Mapped("subject", "lcc"),
    "subject.lcsh": Mapped("subject", "lcsh"),
    "subject.mesh": Mapped("subject", "mesh"),
    "subject.other": Mapped("subject"),
}


def dspace_name(key: str) -> tuple[Mapped, str | None] | None:
    """What a key such as `dc.contributor.author[en]` means, and the language it states; None for no other."""
    name, bracket, rest = key.strip().partition("[")
    prefix, _, qualified = name.strip().lower().replace(":", ".", 1).partition(".")
    mapped = DSPACE.get(qualified) if prefix == "dc" else None
    if mapped is None:
        return None
    return mapped, (rest.removesuffix("]").strip() or None) if bracket else None
