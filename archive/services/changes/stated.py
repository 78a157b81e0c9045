"""What a row says of the bytes of its document, against what the archive knows of them.

The bytes of a held document never change: a row that states others is meant for another document.
"""

from archive.core import findings
from archive.core.findings import Finding
from archive.core.text import printable
from archive.services.catalog.bag_record import PREMIS, listed_bytes
from archive.services.changes.offers import Offer
from archive.storage.bags.held_bag import HeldBag


def contradictions(held: HeldBag, listed: dict[str, str], offer: Offer) -> list[Finding]:
    """An error for a size or digest that is not the document's, a note for one that was not compared.

    Nothing is read but the record of the ingest: a digest is known where it was stated then. `listed` are the
    tag files of the bag. Raises what `listed_bytes` raises.
    """
    said, row = offer.said, offer.row
    found: list[Finding] = []
    if said.size is not None and row.files == 1 and said.size != row.bytes:
        found.append(_other(offer, "SUM-SIZE", "the size", f"{row.bytes} bytes", f"{said.size} bytes"))
    if not said.digests:
        return found
    known = _known(held, listed) if row.files == 1 else {}
    for digest in said.digests:
        value = known.get(digest.algorithm.label)
        if value is None:
            found.append(
                findings.note(
                    "SUM-NOT-COMPARED",
                    offer.place,
                    f"the {digest.algorithm.value} of the row was not compared: the archive has none",
                    at=said.at,
                )
            )
        elif value.lower() != digest.value:
            found.append(_other(offer, "SUM-MISMATCH", "the digest", value.lower(), digest.value))
    return found


def _known(held: HeldBag, listed: dict[str, str]) -> dict[str, str]:
    """The digests of the document's one file, by the labels of their algorithms."""
    from archive.formats.premis.reader import read_premis

    files = read_premis(listed_bytes(held, listed, PREMIS)).files
    if len(files) != 1:
        return {}
    return {name.replace("-", "").lower(): value for name, value, _ in files[0].digests}


def _other(offer: Offer, code: str, what: str, expected: str, found: str) -> Finding:
    return findings.error(
        code,
        offer.place,
        f"{what} in the row is not that of {printable(offer.row.reference)}",
        at=offer.said.at,
        expected=expected,
        found=found,
        remedy="see whether the row is meant for another document; if not, empty the cell",
    )
