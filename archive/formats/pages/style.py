"""The look that our self-contained pages share, and the policy that lets a browser apply nothing else.

One style sheet in the page, no script, no font or image from elsewhere; readable on paper, in the dark, and
without colours.
"""

import base64
import hashlib
from typing import Final

STYLE: Final = """
:root { color-scheme: light dark;
  --ink: #1f1d1a; --soft: #5d574e; --paper: #fdfcf9; --panel: #f5f2eb; --line: #d9d2c5; --accent: #5d574e;
  --good: #23683c; --bad: #a3261b; --unsure: #8a5a00; --broken: #7a1f5c;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", Cambria, Georgia, "DejaVu Serif", serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace }
@media (prefers-color-scheme: dark) { :root {
  --ink: #ebe7df; --soft: #aca598; --paper: #191816; --panel: #23211e; --line: #423e38; --accent: #aca598;
  --good: #7cc795; --bad: #f0897d; --unsure: #e3b45e; --broken: #e08fc4 } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body { margin: 0 auto; max-width: 47rem; padding: 3.5rem 1.5rem 5rem; color: var(--ink);
  background: var(--paper); font: 1.0625rem/1.6 var(--serif); font-variant-numeric: lining-nums;
  overflow-wrap: break-word }
h1, h2, h3 { font-weight: 600; line-height: 1.25; text-wrap: balance }
h1 { font-size: 2.4rem; letter-spacing: -.01em; margin: 0 }
h2 { font-size: 1.3rem; margin: 3.2rem 0 .8rem; padding-top: 1.1rem; border-top: 1px solid var(--line) }
h3 { font-size: 1.1rem; margin: 0 }
p, ul, dl, pre, table { margin: .8rem 0 }
ul { padding-left: 1.2rem }
li { margin: .35rem 0 }
a { color: inherit }
.soft { color: var(--soft) }
bdi, .name { overflow-wrap: anywhere; unicode-bidi: isolate }
code, pre, .mono { font: .84em/1.55 var(--mono); overflow-wrap: anywhere; font-variant-ligatures: none }
pre { padding: .9rem 1.1rem; background: var(--panel); border-left: 3px solid var(--line);
  white-space: pre-wrap; font-size: .82rem }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums lining-nums }
caption { text-align: left; color: var(--soft); padding-bottom: .35rem }
th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0;
  border-bottom: 1px solid var(--line) }
thead th { border-bottom-color: var(--ink) }
th { font-weight: 600 }
tbody th { font-weight: 400 }
th.number, td.number { text-align: right; padding-right: 0; white-space: nowrap }
dl.facts { display: grid; grid-template-columns: fit-content(12rem) minmax(0, 1fr); gap: .35rem 1.4rem }
dl.facts dt { color: var(--soft); overflow-wrap: anywhere }
dl.facts dd { margin: 0; overflow-wrap: anywhere }
@media (max-width: 34rem) {
  body { padding: 2rem 1.1rem 3rem } h1 { font-size: 1.9rem }
  dl.facts { display: block } dl.facts dd { margin: 0 0 .6rem } }
@page { margin: 19mm 18mm 20mm;
  @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt } }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --panel: #f6f6f4; --line: #bbb;
    --good: #1a5a31; --bad: #96190f; --unsure: #714a00; --broken: #6a134d }
  body { max-width: none; padding: 0; background: none; font-size: 10.5pt; line-height: 1.5 }
  h1 { font-size: 22pt } h2 { font-size: 13pt; margin-top: 1.6rem } h3 { font-size: 11.5pt }
  h1, h2, h3, caption { break-after: avoid } table, pre, li { break-inside: avoid }
  p, li { orphans: 3; widows: 3 } }
"""

# The head of a page that is about one thing, and its leading sentence.
HEADED: Final = """
header { border-top: 5px solid var(--accent); padding-top: 1.6rem }
header .lead { font-size: 1.25rem; line-height: 1.45; margin: .9rem 0 1.4rem }
@media print { header { border-top-width: 3pt } }
"""
# One accent for each tone of a verdict, its marks, the box that says on whose word, and findings.
VERDICTS: Final = """
.good { --accent: var(--good) } .bad { --accent: var(--bad) } .unsure { --accent: var(--unsure) }
.broken { --accent: var(--broken) } .none { --accent: var(--soft) }
svg.mark { width: .82em; height: .82em; flex: none; fill: none; stroke: var(--accent); stroke-width: 3.2;
  stroke-linecap: round; stroke-linejoin: round }
header h1 { color: var(--accent); display: flex; gap: .7rem; align-items: baseline }
header h1 small { display: block; font-size: 1.05rem; font-weight: 400; letter-spacing: 0 }
header .trust { margin: 0 0 1.8rem; padding: .9rem 1.1rem; background: var(--panel);
  border-left: 3px solid var(--accent) }
header .trust p { margin: 0 } header .trust p + p { margin-top: .35rem; color: var(--soft) }
.verdict { display: inline-flex; gap: .4rem; align-items: baseline; color: var(--accent); font-weight: 600 }
.about { font-size: .93rem; color: var(--soft) }
.findings { list-style: none; padding: 0; margin: .9rem 0 }
.findings > li { margin: 0 0 1.1rem; padding-left: 1rem; border-left: 3px solid var(--accent) }
.findings p { margin: .15rem 0 }
.findings dl.facts { margin: .45rem 0; gap: .2rem 1.1rem; font-size: .95rem }
.code { color: var(--soft) }
@media print { header h1 { font-size: 24pt } .findings > li { break-inside: avoid } }
"""


def content_policy(style: str) -> str:
    """A Content-Security-Policy under which exactly this style sheet applies and nothing is ever fetched."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
