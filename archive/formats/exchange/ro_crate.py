"""RO-Crate 1.2 of an export: `ro-crate-metadata.json` over its documents (JSON-LD, flattened).

Source: RO-Crate Metadata Specification 1.2, https://w3id.org/ro/crate/1.2. Its context has no term for
SHA-512: the digests are in manifest-sha512.txt, which the crate names.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from archive.core.canonical import readable
from archive.formats.exchange.citation import citation
from archive.formats.exchange.mets import relative_reference
from archive.formats.exchange.record import ExchangedDocument, ExchangedFile, Keeper
from archive.formats.exchange.ro_crate_terms import CrateTerms, NamedEntity, local_id

FILE_NAME: Final = "ro-crate-metadata.json"
CONTEXT: Final = "https://w3id.org/ro/crate/1.2/context"
SPECIFICATION: Final = "https://w3id.org/ro/crate/1.2"
_PRONOM: Final = "https://www.nationalarchives.gov.uk/PRONOM/"
_RIGHTS: Final = (
    "No licence is granted for the whole: what may be done with a document stands in its license,"
    " copyrightHolder, copyrightNotice and conditionsOfAccess, as far as its description says so."
)


class FileBeside(NamedTuple):
    """A file that is no part of a document: its name from the root, what it is, media type, size."""

    name: str
    what: str
    media_type: str
    bytes: int


class CratedDocument:
    """One document of a crate: its folder below the root (ends in a slash), the files that describe it.

    `shared` tells that the files of other documents lie there too: then the document is an entity of the
    crate that is no folder, and its files are parts of the root alone.
    """

    __slots__ = ("described", "document", "folder", "shared")

    def __init__(
        self,
        document: ExchangedDocument,
        folder: str,
        described: Sequence[FileBeside] = (),
        *,
        shared: bool = False,
    ) -> None:
        self.document, self.folder, self.described = document, folder, tuple(described)
        self.shared = shared

    @property
    def id(self) -> str:
        """Its @id."""
        return local_id("document", self.document.reference) if self.shared else _id(self.folder)

    def parts(self) -> list[str]:
        """The @ids by which the root has it as a part.

        Its files are among them: there are readers that look for parts only in what is a Dataset and nothing
        else (RO-Crate 1.2, "Referencing files and folders from the Root Data Entity", allows either).
        """
        files = [_id(self.folder + file.name) for file in self.document.files]
        return files if self.shared else [self.id, *files]


def ro_crate_json(
    documents: Sequence[CratedDocument],
    keeper: Keeper,
    made: str,
    beside: Sequence[FileBeside],
    descriptions: str,
) -> bytes:
    """The metadata document of a crate, in UTF-8.

    `made` is a time; `beside` are other files at the root; the descriptions lie in the folder of that name.
    Every document is a Dataset and a RepositoryObject, every file a File; people and bodies are entities of
    their own.
    """
    graph = _Graph()
    folder = f"{descriptions}/"
    described = [file for each in documents for file in each.described]
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
        "hasPart": _references(part for each in documents for part in each.parts())
        + _references([_id(folder)] if described else [])
        + _references(_id(file.name) for file in beside),
    }
    if apart := [{"@id": each.id} for each in documents if each.shared]:
        root["mentions"] = apart
    graph.add(
        {
            "@id": FILE_NAME,
            "@type": "CreativeWork",
            "conformsTo": {"@id": SPECIFICATION},
            "about": {"@id": "./"},
        }
    )
    graph.add(root)
    name = "Rights as stated for each document"
    graph.add({"@id": "#rights", "@type": "CreativeWork", "name": name, "description": _RIGHTS})
    contact = {"description": keeper.contact} if keeper.contact else {}
    graph.add({"@id": "#keeper", "@type": "Organization", "name": keeper.name, **contact})
    for file in beside:
        graph.add(_plain(file))
    if described:
        graph.add(
            {
                "@id": _id(folder),
                "@type": "Dataset",
                "name": "Descriptions",
                "description": "What is said about each document, exactly (JSON) and as oai_dc (XML).",
                "hasPart": _references(_id(file.name) for file in described),
            }
        )
    for each in documents:
        _add(graph, each)
    context = [CONTEXT, dict(sorted(graph.context.items()))] if graph.context else CONTEXT
    return readable({"@context": context, "@graph": list(graph.entities.values())})


class _Graph:
    """The entities by their @id, each once, and the terms that the context lacks."""

    __slots__ = ("context", "entities")

    def __init__(self) -> None:
        self.entities: dict[str, dict[str, Any]] = {}
        self.context: dict[str, str] = {}

    def add(self, entity: dict[str, Any]) -> None:
        """Adds what nothing else has the @id of; lists of one are written as what is in them."""
        self.entities[entity["@id"]] = {key: _compact(value) for key, value in entity.items()}

    def name(self, named: NamedEntity) -> None:
        """Adds what several may point to; it is all that they say it is, by the first of its names."""
        known = self.entities.setdefault(named.id, {"@id": named.id, "@type": [], "name": named.name})
        types = known["@type"] if isinstance(known["@type"], list) else [known["@type"]]
        known["@type"] = _compact([*types, *(each for each in named.types if each not in types)])


def _add(graph: _Graph, crated: CratedDocument) -> None:
    document, said = crated.document, CrateTerms(crated.document.description)
    entity: dict[str, Any] = {
        "@id": crated.id,
        "@type": "RepositoryObject" if crated.shared else ["Dataset", "RepositoryObject"],
        "name": document.title,
        "identifier": [document.reference, document.urn],
        "creditText": [],
        "holdingArchive": {"@id": "#keeper"},
        "hasPart": _references(_id(crated.folder + file.name) for file in document.files),
        "usageInfo": f"access: {document.access}",
    }
    for name, values in said.properties.items():
        entity[name] = [*entity.get(name, []), *values]
    entity["creditText"].append(citation(document))
    if crated.described:
        entity["subjectOf"] = _references(_id(file.name) for file in crated.described)
    graph.add(entity)
    for file in document.files:
        graph.add(_file(crated.folder, file))
    for described in crated.described:
        graph.add({**_plain(described), "about": {"@id": crated.id}})
    for named in said.entities:
        graph.name(named)
    for puid in dict.fromkeys(puid for file in document.files for puid in file.puids):
        graph.name(NamedEntity(_PRONOM + puid, ("WebPage", "Standard"), f"PRONOM {puid}"))
    graph.context.update(said.context)


def _file(folder: str, file: ExchangedFile) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "@id": _id(folder + file.name),
        "@type": "File",
        "name": file.name.rpartition("/")[2].encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
    }
    if file.bytes is not None:
        entity["contentSize"] = str(file.bytes)
    if file.modified:
        entity["dateModified"] = file.modified
    formats: list[Any] = [file.media_type] if file.media_type else []
    if formats or file.puids:
        entity["encodingFormat"] = formats + _references(_PRONOM + puid for puid in file.puids)
    return entity


def _plain(file: FileBeside) -> dict[str, Any]:
    return {
        "@id": _id(file.name),
        "@type": "File",
        "name": file.what,
        "contentSize": str(file.bytes),
        "encodingFormat": file.media_type,
    }


def _references(identifiers: Iterable[str]) -> list[dict[str, str]]:
    return [{"@id": identifier} for identifier in identifiers]


def _compact(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _id(path: str) -> str:
    return relative_reference(path)
