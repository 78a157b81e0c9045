"""METS 1.12: one document with its description, its rights, its PREMIS and its files, for hand-over.

The PREMIS of the bag is carried as it is, so that what other systems read is what the ledger vouches for.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from archive.core.descriptions.dcterms import REFINES
from archive.formats.exchange.mets_rights import RIGHTS_TERMS, access_rights_xml
from archive.formats.exchange.record import ExchangedDocument, ExchangedFile
from archive.formats.oai_dc import oai_dc_xml, xml_language
from archive.formats.xml_text import xml_attribute, xml_text

NAMESPACE: Final = "http://www.loc.gov/METS/"
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<mets xmlns="{NAMESPACE}" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{NAMESPACE} http://www.loc.gov/standards/mets/version1121/mets.xsd"'
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>\s*")


def mets_xml(document: ExchangedDocument) -> bytes:
    """The document as METS in UTF-8, valid under mets-1.12.1.xsd with PREMIS 3 beside it.

    Files are named by relative references, percent-encoded (RFC 3986). Terms that oai_dc has no place for
    stand in a second description under their own names. What is said of rights stands in rightsMD as well.
    """
    return "".join(_pieces(document)).encode()


def _pieces(document: ExchangedDocument) -> Iterator[str]:
    yield f'{_HEAD} OBJID="{document.urn}" LABEL="{xml_attribute(document.title)}" TYPE="document">\n'
    yield from _header(document)
    described = ["dmd-1"]
    dublin_core = oai_dc_xml(document.description, (document.reference, document.urn)).decode()
    yield _section("dmdSec", "dmd-1", 'MDTYPE="DC"', dublin_core)
    if terms := _terms(document, REFINES):
        described.append("dmd-2")
        yield _section("dmdSec", "dmd-2", 'MDTYPE="OTHER" OTHERMDTYPE="DCTERMS"', terms)
    told = ["rights-1"]
    yield '<amdSec ID="amd-1">\n'
    access = access_rights_xml(document)
    yield _section("rightsMD", "rights-1", 'MDTYPE="PREMIS:RIGHTS" MDTYPEVERSION="3.0"', access)
    if rights := _terms(document, RIGHTS_TERMS):
        told.append("rights-2")
        yield _section("rightsMD", "rights-2", 'MDTYPE="OTHER" OTHERMDTYPE="DCTERMS"', rights)
    for number, premis in enumerate(document.premis, start=1):
        told.append(f"premis-{number}")
        yield _section("digiprovMD", told[-1], 'MDTYPE="PREMIS" MDTYPEVERSION="3.0"', premis.decode())
    yield "</amdSec>\n"
    if document.files:
        yield '<fileSec><fileGrp USE="original">\n'
        for number, file in enumerate(document.files, start=1):
            yield _file(number, file)
        yield "</fileGrp></fileSec>\n"
    about = f' DMDID="{" ".join(described)}" ADMID="{" ".join(told)}"'
    label = xml_attribute(document.title)
    yield f'<structMap TYPE="physical"><div TYPE="document" LABEL="{label}"{about}>\n'
    for number, file in enumerate(document.files, start=1):
        yield (
            f'<div TYPE="file" ORDER="{number}" LABEL="{xml_attribute(_shown(file.name))}">'
            f'<fptr FILEID="file-{number}"/></div>\n'
        )
    yield "</div></structMap>\n</mets>\n"


def _header(document: ExchangedDocument) -> Iterator[str]:
    yield f'<metsHdr CREATEDATE="{document.exported}">\n'
    yield (
        f'<agent ROLE="CUSTODIAN" TYPE="ORGANIZATION"><name>{xml_text(document.keeper.name)}</name></agent>\n'
    )
    version = document.software.version
    note = f"<note>version {xml_text(version)}</note>" if version else ""
    yield (
        '<agent ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE">'
        f"<name>{xml_text(document.software.name)}</name>{note}</agent>\n"
    )
    yield f'<altRecordID TYPE="reference">{xml_text(document.reference)}</altRecordID>\n</metsHdr>\n'


def _section(element: str, name: str, kind: str, content: str) -> str:
    body = _DECLARATION.sub("", content).strip()
    return f'<{element} ID="{name}"><mdWrap {kind}><xmlData>\n{body}\n</xmlData></mdWrap></{element}>\n'


def _terms(document: ExchangedDocument, terms: Iterable[str]) -> str:
    """The values of the terms under their own names; an empty text where there are none."""
    lines: list[str] = []
    for term in terms:
        for value in document.description.terms.get(term, ()):
            language = xml_language(value.lang) if value.lang else ""
            attribute = f' xml:lang="{language}"' if language else ""
            lines.append(f"<dcterms:{term}{attribute}>{xml_text(value.value)}</dcterms:{term}>\n")
    if not lines:
        return ""
    return f'<terms xmlns="" xmlns:dcterms="http://purl.org/dc/terms/">\n{"".join(lines)}</terms>'


def _file(number: int, file: ExchangedFile) -> str:
    size = f' SIZE="{file.bytes}"' if file.bytes is not None else ""
    media = f' MIMETYPE="{xml_attribute(file.media_type)}"' if file.media_type else ""
    return (
        f'<file ID="file-{number}"{media}{size} CHECKSUM="{file.sha512}" CHECKSUMTYPE="SHA-512">'
        f'<FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="{relative_reference(file.name)}"/></file>\n'
    )


def relative_reference(name: str) -> str:
    """A file's name as a relative reference (RFC 3986 §4.2); bytes that are not UTF-8 as they are."""
    return quote(name.encode("utf-8", "surrogateescape"), safe="/-._~!$()*+,;=@")


def _shown(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
