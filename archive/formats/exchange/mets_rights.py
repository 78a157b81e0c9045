"""Who may see a document and what its description says of rights, for the rightsMD of METS.

The statement of access is a `rightsStatement` of PREMIS 3 (Data Dictionary 3.0 § 4), so that what hands out
copies elsewhere can go by it: what is closed has a `restriction` on the act `disseminate`, an embargo a
`termOfGrant` that begins on the first open day. Where nobody has said, no act is granted.
"""

from collections.abc import Iterator
from typing import Final

from archive.core.descriptions.access import AccessStatus
from archive.formats.exchange.record import ExchangedDocument
from archive.formats.xml_text import xml_text

RIGHTS_TERMS: Final = ("rights", "accessRights", "license", "rightsHolder")
_ACT: Final = "disseminate"


def access_rights_xml(document: ExchangedDocument) -> str:
    """The statement of access in force as one `rightsStatement` of PREMIS 3."""
    return "".join(_pieces(document))


def _pieces(document: ExchangedDocument) -> Iterator[str]:
    yield '<rightsStatement xmlns="http://www.loc.gov/premis/v3">\n<rightsStatementIdentifier>'
    yield "<rightsStatementIdentifierType>URI</rightsStatementIdentifierType>"
    yield f"<rightsStatementIdentifierValue>{document.urn}#access</rightsStatementIdentifierValue>"
    yield "</rightsStatementIdentifier>\n<rightsBasis>other</rightsBasis>\n<otherRightsInformation>"
    yield "<otherRightsBasis>access as stated in the archive</otherRightsBasis>"
    yield f"<otherRightsNote>access: {xml_text(document.access)}</otherRightsNote>"
    if document.reason:
        yield f"<otherRightsNote>this copy was made for: {xml_text(document.reason)}</otherRightsNote>"
    yield "</otherRightsInformation>\n"
    if document.statement.status is not AccessStatus.NOT_STATED:
        yield f"<rightsGranted><act>{_ACT}</act>"
        if document.statement.is_closed:
            yield f"<restriction>{document.statement}</restriction>"
        if document.statement.until is not None:
            yield f"<termOfGrant><startDate>{document.statement.until}</startDate></termOfGrant>"
        yield "</rightsGranted>\n"
    urn = f"<linkingObjectIdentifierValue>{document.urn}</linkingObjectIdentifierValue>"
    yield "<linkingObjectIdentifier><linkingObjectIdentifierType>URI</linkingObjectIdentifierType>"
    yield f"{urn}</linkingObjectIdentifier>\n</rightsStatement>"
