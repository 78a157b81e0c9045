"""What the page of a document adds to the common style: its life line, and the list of its events."""

from typing import Final

from archive.formats.pages.style import HEADED, STYLE, VERDICTS

DOCUMENT_STYLE: Final = (
    STYLE
    + HEADED
    + VERDICTS
    + """
header .standing { margin: .6rem 0 0; font-size: 1.15rem }
header dl.facts { margin-bottom: 0 }
h3 { margin-top: 1.6rem }
dd > p { margin: 0 } dd > p + p { margin-top: .25rem }
.lang { color: var(--soft); font-size: .85em }
.life { display: block; width: 100%; height: auto; margin: 1.2rem 0 .4rem; overflow: visible }
.life text { font: 12px/1 var(--serif); fill: var(--soft) }
.life .axis { stroke: var(--line); stroke-width: 2 }
.life .year { stroke: var(--line); stroke-width: 1 }
.life .point { fill: var(--paper); stroke: var(--accent); stroke-width: 2.5 }
.life .tick { stroke: var(--accent); stroke-width: 2 }
.timeline { list-style: none; margin: 1.4rem 0; padding: 0 }
.timeline > li { position: relative; margin: 0; padding: 0 0 1.4rem 2.6rem }
.timeline > li::before { content: ""; position: absolute; left: .84rem; top: 1.4rem; bottom: -.3rem;
  border-left: 2px solid var(--line) }
.timeline > li:last-child::before { display: none }
.timeline .knot { position: absolute; left: 0; top: 0; width: 1.75rem; height: 1.75rem; border-radius: 50%;
  border: 2px solid var(--accent); display: grid; place-items: center; background: var(--paper) }
.timeline p { margin: 0 }
.timeline .when { font-size: .93rem; color: var(--soft); line-height: 1.75rem }
.timeline .what { font-weight: 600 }
.timeline .more { font-size: .95rem; }
.timeline .who { font-size: .93rem; color: var(--soft) }
table.told { font-size: .93rem } table.told td:first-child { min-width: 8.5rem }
table.checks td, table.checks th { padding-top: .25rem; padding-bottom: .25rem }
@media print { .timeline > li { break-inside: avoid } h3 { break-after: avoid } tr { break-inside: avoid } }
"""
)
