"""Any text is a date, or refused at a place in it."""

from archive.core.edtf import Edtf, EdtfError, parse


def date_or_refusal(text: str) -> Edtf | None:
    try:
        return parse(text)
    except EdtfError as error:
        refusal = error
    assert 0 <= refusal.position <= len(text)
    return None
