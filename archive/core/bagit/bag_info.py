"""What this program writes into bag-info.txt of itself (RFC 8493 §2.2.2)."""

from collections.abc import Sequence
from typing import Final

from archive import __version__
from archive.core.bagit.oxum import Oxum
from archive.core.bagit.tagfile import Tag, plain_value, render_tag_file

SOFTWARE: Final = f"document-archive {__version__}"
# Labels whose values a writer computes; nobody else may state them for a new bag.
COMPUTED: Final = ("Bagging-Date", "Bag-Software-Agent", "Payload-Oxum", "Bag-Size")
_DAMAGED = "\ufffd"


def parse_tag(text: str) -> Tag:
    """The tag that `Label: value` spells; ValueError says why it is none that can be written as it is."""
    label, colon, value = text.partition(":")
    label, value = label.strip(" \t"), value.strip()
    if not colon:
        raise ValueError("has no colon: a tag is a label, a colon and a value")
    if not value:
        raise ValueError("has no value")
    if plain_value(value).count(_DAMAGED) != value.count(_DAMAGED):
        raise ValueError("holds a character that no tag file can")
    try:
        render_tag_file([(label, value)])
    except ValueError as trouble:
        raise ValueError(str(trouble)) from None
    return label, value


def is_computed(label: str) -> bool:
    """True for a label, in any case, whose value is computed by whoever writes the bag."""
    return label.lower() in {computed.lower() for computed in COMPUTED}


def new_bag_info(tags: Sequence[Tag], *, bagging_date: str, oxum: Oxum) -> bytes:
    """`bag-info.txt` of a new bag: the tags given, in their order, then those that are computed.

    Bag-Size is that of the payload, so that no tag file changes it.
    """
    values = (bagging_date, SOFTWARE, str(oxum), bag_size(oxum.bytes))
    return render_tag_file([*tags, *zip(COMPUTED, values, strict=True)])


def bag_size(byte_count: int) -> str:
    """A size as Bag-Size states it, for people, in decimal units: `41.0 KB`."""
    if byte_count < 1000:
        return f"{byte_count} B"
    value = float(byte_count)
    for unit in ("KB", "MB", "GB", "TB"):
        value /= 1000
        if value < 1000 or unit == "TB":
            break
    return f"{value:.1f} {unit}"
