"""RO-Crate 1.2 of an export: `ro-crate-metadata.json` over its documents (JSON-LD, flattened).

Source: RO-Crate Metadata Specification 1.2, https://w3id.org/ro/crate/1.2. Its context has no term for
SHA-512: the digests are in manifest-sha512.txt, which the crate names.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from archive.core.canonical import readable
from archive.formats.exchange.citation import citation
from archive.formats.exchange.mets import relative_reference
from archive.formats.exchange.record import ExchangedDocument, ExchangedFile, Keeper

FILE_NAME: Final = "ro-crate-metadata.json"
CONTEXT: Final = "https://w3id.org/ro/crate/1.2/context"
SPECIFICATION: Final = "https://w3id.org/ro/crate/1.2"
# Dublin Core terms by the property of schema.org that says the same.
_PROPERTIES: Final[Mapping[str, str]] = {
    "alternative": "alternateName",
    "description": "description",
    "abstract": "abstract",
    "date": "temporalCoverage",
    "created": "dateCreated",
    "issued": "datePublished",
    "modified": "dateModified",
    "language": "inLanguage",
    "subject": "keywords",
    "rights": "copyrightNotice",
    "accessRights": "conditionsOfAccess",
    "identifier": "identifier",
    "spatial": "spatialCoverage",
    "temporal": "temporalCoverage",
    "isPartOf": "isPartOf",
}
_PRONOM: Final = "https://www.nationalarchives.gov.uk/PRONOM/"
_WHO: Final = ["Person", "Organization"]  # which of the two a description does not say
_BODIES: Final = {"creator": "creator", "contributor": "contributor", "publisher": "publisher"}


class CratedDocument:
    """One document of a crate: its folder below the root (ends in a slash), and what else lies in it.

    `shared` tells that the files of other documents lie there too: then the document is an entity of the
    crate that is no folder, and its files are parts of the root.
    """

    __slots__ = ("document", "extra", "folder", "shared")

    def __init__(
        self, document: ExchangedDocument, folder: str, extra: Sequence[str] = (), *, shared: bool = False
    ) -> None:
        self.document, self.folder, self.extra, self.shared = document, folder, tuple(extra), shared

    @property
    def id(self) -> str:
        """Its @id."""
        return f"#{quote(self.document.reference, safe='')}" if self.shared else _id(self.folder)

    def parts(self) -> list[str]:
        """The @ids by which the root has it as a part."""
        if not self.shared:
            return [self.id]
        return [_id(self.folder + file.name) for file in self.document.files]


def ro_crate_json(
    documents: Sequence[CratedDocument], keeper: Keeper, made: str, beside: Sequence[tuple[str, str, str]]
) -> bytes:
    """The metadata document of a crate, in UTF-8.

    `made` is a time; `beside` are other files at the root: (name, what it is, media type). Every document is
    a Dataset and a RepositoryObject, every file a File; people and bodies are entities of their own.
    """
    graph: dict[str, dict[str, Any]] = {}
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{len(documents):,} documents of {keeper.name}"
        if len(documents) != 1
        else documents[0].document.title,
        "description": f"Copies for use of documents held by {keeper.name}, with what is said about them.",
        "datePublished": made,
        "license": {"@id": "#rights"},
        "publisher": {"@id": "#keeper"},
        "hasPart": [{"@id": part} for each in documents for part in each.parts()]
        + [{"@id": _id(name)} for name, _, _ in beside],
    }
    if apart := [{"@id": each.id} for each in documents if each.shared]:
        root["mentions"] = apart
    graph["descriptor"] = {
        "@id": FILE_NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": "./"},
    }
    graph["root"] = root
    graph["rights"] = {
        "@id": "#rights",
        "@type": "CreativeWork",
        "name": "Rights as stated for each document",
        "description": "No licence is granted with this copy: what may be done with a document stands in its"
        " copyrightNotice and conditionsOfAccess.",
    }
    graph["keeper"] = {
        "@id": "#keeper",
        "@type": "Organization",
        "name": keeper.name,
        **({"description": keeper.contact} if keeper.contact else {}),
    }
    for name, what, media_type in beside:
        graph[f"beside {name}"] = {
            "@id": _id(name),
            "@type": "File",
            "name": what,
            "encodingFormat": media_type,
        }
    for each in documents:
        _add(graph, each)
    return readable({"@context": CONTEXT, "@graph": list(graph.values())})


def _add(graph: dict[str, dict[str, Any]], crated: CratedDocument) -> None:
    document = crated.document
    files = [_file(crated.folder, file) for file in document.files]
    entity: dict[str, Any] = {
        "@id": crated.id,
        "@type": "RepositoryObject" if crated.shared else ["Dataset", "RepositoryObject"],
        "name": document.title,
        "identifier": [document.reference, document.urn],
        "creditText": citation(document),
        "holdingArchive": {"@id": "#keeper"},
        "hasPart": [{"@id": file["@id"]} for file in files],
        "usageInfo": f"access: {document.access}",
    }
    for term, name in _PROPERTIES.items():
        values = list(document.texts(term))
        if values:
            entity[name] = [*_listed(entity.get(name)), *values]
    for term, name in _BODIES.items():
        bodies = list(dict.fromkeys(document.texts(term)))
        for body in bodies:
            named = f"#{quote(body, safe='')}"
            graph.setdefault(f"body {body}", {"@id": named, "@type": _WHO, "name": body})
        if bodies:
            entity[name] = [{"@id": graph[f"body {body}"]["@id"]} for body in bodies]
    for extra in crated.extra:
        identifier = _id(crated.folder + extra)
        entity["hasPart"].append({"@id": identifier})
        files.append({"@id": identifier, "@type": "File", "name": extra, "about": {"@id": entity["@id"]}})
    graph[f"document {crated.id}"] = {
        key: value[0] if isinstance(value, list) and len(value) == 1 and key != "@type" else value
        for key, value in entity.items()
    }
    for file in files:
        graph[f"file {file['@id']}"] = file
    for puid in dict.fromkeys(puid for file in document.files for puid in file.puids):
        graph.setdefault(
            f"format {puid}", {"@id": _PRONOM + puid, "@type": "WebSite", "name": f"PRONOM {puid}"}
        )


def _file(folder: str, file: ExchangedFile) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "@id": _id(folder + file.name),
        "@type": "File",
        "name": file.name.rpartition("/")[2].encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
    }
    if file.bytes is not None:
        entity["contentSize"] = str(file.bytes)
    formats: list[Any] = [file.media_type] if file.media_type else []
    formats += [{"@id": _PRONOM + puid} for puid in file.puids]
    if formats:
        entity["encodingFormat"] = formats[0] if len(formats) == 1 else formats
    return entity


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _id(path: str) -> str:
    return relative_reference(path)
