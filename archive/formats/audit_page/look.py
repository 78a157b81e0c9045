"""What the page of an audit adds to the common style: one accent per verdict, and the bags."""

from typing import Final

from archive.formats.page_style import STYLE

AUDIT_STYLE: Final = (
    STYLE
    + """
.good { --accent: var(--good) } .bad { --accent: var(--bad) } .unsure { --accent: var(--unsure) }
.broken { --accent: var(--broken) } .none { --accent: var(--soft) }
.mark { width: .82em; height: .82em; flex: none; fill: none; stroke: var(--accent); stroke-width: 3.2;
  stroke-linecap: round; stroke-linejoin: round }
header { border-top: 5px solid var(--accent); padding-top: 1.6rem }
header h1 { color: var(--accent); display: flex; gap: .7rem; align-items: baseline }
header h1 small { display: block; font-size: 1.05rem; font-weight: 400; letter-spacing: 0 }
header .lead { font-size: 1.25rem; line-height: 1.45; margin: .9rem 0 1.4rem }
header .trust { margin: 0 0 1.8rem; padding: .9rem 1.1rem; background: var(--panel);
  border-left: 3px solid var(--accent) }
header .trust p { margin: 0 } header .trust p + p { margin-top: .35rem; color: var(--soft) }
.verdict { display: inline-flex; gap: .4rem; align-items: baseline; color: var(--accent); font-weight: 600 }
article { margin: 1.4rem 0 0; padding: 1.1rem 0 .2rem; border-top: 1px solid var(--line) }
h2 + article, p + article { border-top: 0; padding-top: .2rem }
article.quiet { margin-top: .5rem; padding-top: .5rem }
article > p { margin: .25rem 0 }
.about { font-size: .93rem; color: var(--soft) }
.findings { list-style: none; padding: 0; margin: .9rem 0 }
.findings > li { margin: 0 0 1.1rem; padding-left: 1rem; border-left: 3px solid var(--accent) }
.findings p { margin: .15rem 0 }
.findings dl.facts { margin: .45rem 0; gap: .2rem 1.1rem; font-size: .95rem }
.code { color: var(--soft) }
.zero { color: var(--soft) }
@media print { header { border-top-width: 3pt } header h1 { font-size: 24pt } article { break-inside: auto }
  .findings > li { break-inside: avoid } article > h3, article > p { break-after: avoid } }
"""
)
