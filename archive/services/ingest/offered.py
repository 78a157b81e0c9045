"""What is offered of a document that is there already."""

import json
import os

from archive.core.descriptions.description import Description, Value, differences
from archive.core.descriptions.description_change import merged
from archive.core.holding import supplied_title


def offered_otherwise(offered: bytes, source: str, kept: bytes) -> tuple[str, ...]:
    """What of the description `kept` would change by the one offered for the document of that path.

    Empty elements are not offered, nor is a title that was supplied.
    """
    if kept == offered:
        return ()
    said = Description.from_json(json.loads(offered))
    if said.terms.get("title") == (Value(supplied_title(os.path.basename(source.rstrip("/")))),):
        said = said.with_terms({"title": ()})
    held = Description.from_json(json.loads(kept))
    return differences(held, merged(held, said))
