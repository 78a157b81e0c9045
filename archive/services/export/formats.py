"""One held document in a format of others, without its bytes."""

from archive.core.errors import ArchiveError, BagFormatError, ConfigurationError
from archive.core.ids import short_id
from archive.core.ledger import entries
from archive.core.text import printable
from archive.services.access import effective_access
from archive.services.catalog.bag_record import BagDoubtError
from archive.services.export.telling import told_in_place
from archive.services.holdings.payload import explained
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.index import Index, IndexRow


def document_as(
    archive: OpenedArchive,
    index: Index,
    row: IndexRow,
    form: str,
    surroundings: Surroundings,
    *,
    reveal: bool = False,
) -> bytes:
    """The document as `json` (its description), `oai_dc`, `mets`, `prov-json` or `prov-n`, in UTF-8.

    Files are named by their paths in the bag. A title that is hidden is told only with `reveal`. Raises
    ConfigurationError for a document that is not held any more, BagFormatError or StorageError where its bag
    does not give it.
    """
    if row.state != "held":
        raise ConfigurationError(
            f"{printable(row.reference)}: was {row.state}, and is written in no format any more",
            remedy=f"archive history {short_id(row.bag)} says when and why",
        )
    try:
        document = told_in_place(
            archive,
            row,
            access=effective_access(archive, index, row),
            made=entries.timestamp(surroundings.now()),
            reveal=reveal,
        )
    except (BagDoubtError, NotAPlainFileError, ArchiveError, OSError) as trouble:
        said = explained(trouble, row)
        if isinstance(said, BagFormatError):
            message = f"{printable(row.reference)}: its bag is not as the ledger knows it: {trouble}"
            raise BagFormatError(message, remedy=said.remedy) from trouble
        raise said from trouble
    match form:
        case "json":
            return document.description.canonical_bytes()
        case "oai_dc":
            from archive.formats.oai_dc import oai_dc_xml

            return oai_dc_xml(document.description, (document.reference, document.urn))
        case "mets":
            from archive.formats.exchange.mets import mets_xml

            return mets_xml(document)
        case _:
            from archive.formats.exchange.prov import provenance
            from archive.formats.exchange.prov_json import prov_json, prov_n

            said_all = provenance(document)
            return prov_json(said_all) if form == "prov-json" else prov_n(said_all)
