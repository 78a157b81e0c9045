"""Documents: what is looked at of their own content for hints; nothing of it can stop an ingest."""

from typing import Final

from archive.core.limits import GIB, KIB, MIB

IDENTIFIER_ADDRESSES: Final = 4 * GIB
"""bytes of address space that the identification of formats wants at least, where it is bounded (`ulimit -v`)

The runtime of its program reserves about two, and ends the whole command where it is not given them.

No format is identified, as where the program is not installed: the event says that it was not done.
"""

HEAD_BYTES: Final = 1 * MIB
"""bytes at the beginning of a document that are looked at for hints

Formats state title and author there.

What stands later gives no hint.
"""

HTML_TAG_PARTS: Final = 5_000
"""blanks, quotation marks and slashes in one tag of an HTML page that is looked at

A picture inside a page has some hundred; the parser compares each attribute with all before it.

Nothing is suggested for the page.
"""

TAIL_BYTES: Final = 1 * MIB
"""bytes at the end of a PDF that are looked at for hints

A PDF ends in what it says of itself.

What stands before gives no hint.
"""

XML_STATEMENT_BYTES: Final = 4 * MIB
"""bytes of XML in a document (office files, XMP) that are parsed for hints

Statements about a document are a few KiB.

No hint from what follows.
"""

XML_STATEMENT_CHARACTERS: Final = 2_000
"""characters of one such statement

A paragraph.

Cut.
"""

XMP_BYTES: Final = 256 * KIB
"""bytes of an XMP packet in a PDF

Packets of 2 to 10 KiB are usual.

No hint from it.
"""

PAGE_TREES: Final = 1_000
"""page trees of a PDF that are looked at for the number of its pages

A tree has one root, and the largest count is the document's.

The later ones are not looked at.
"""

PAGE_TREE_BYTES: Final = 4096
"""bytes of a page tree's own dictionary in which its count is looked for

It has five entries.

No count from it.
"""

PAGES_OR_WORDS: Final = 10_000_000
"""pages or words that a document may say it has

Beyond it is nonsense.

No hint from it.
"""

TITLE_CHARACTERS: Final = 200
"""characters of a first line that is taken for a title

A longer first line is a paragraph.

Cut at a word, with an ellipsis.
"""

TEXT_LINES: Final = 40
"""lines of a text that are looked at for title, author and date

A letter's head.

What stands later gives no hint.
"""

READINGS: Final = 2
"""times that a source which changes while it is read is read

A file that is just being saved is whole the second time.

`SRC-CHANGED`: the document is refused.
"""
