"""Words to cite an archival document by: who, what, when, of which holdings, under which reference."""

from archive.formats.exchange.record import ExchangedDocument

_MOST = 3  # creators that are named; of more the first


def citation(document: ExchangedDocument) -> str:
    """One sentence in the order of Chicago's note for archival material (17th ed. § 14.222).

    Nothing is abbreviated or turned round: names stand as the description has them.
    """
    creators = list(document.texts("creator"))
    who = "; ".join(creators) if len(creators) <= _MOST else f"{creators[0]} and others"
    when = next(document.texts("created", "date", "issued"), "")
    keeper = document.keeper
    where = ", ".join(dict.fromkeys(text for text in (keeper.institution, keeper.archive) if text))
    parts = [who, document.title, when, f"{document.reference}, {where or keeper.origin}", document.urn]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."
