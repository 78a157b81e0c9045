"""What the page of an audit adds to the common style: one accent per verdict, and the bags."""

from typing import Final

from archive.formats.pages.style import HEADED, STYLE, VERDICTS

AUDIT_STYLE: Final = (
    STYLE
    + HEADED
    + VERDICTS
    + """
article { margin: 1.4rem 0 0; padding: 1.1rem 0 .2rem; border-top: 1px solid var(--line) }
h2 + article, p + article { border-top: 0; padding-top: .2rem }
article.quiet { margin-top: .5rem; padding-top: .5rem }
article > p { margin: .25rem 0 }
.zero { color: var(--soft) }
@media print { article { break-inside: auto } article > h3, article > p { break-after: avoid } }
"""
)
