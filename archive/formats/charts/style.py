"""How charts look, on a screen, in the dark and on paper; a page adds it to its own style sheet."""

from typing import Final

# The inks are those of page_style. What differs in kind differs in shape or size, too: paper may be grey.
CHART_STYLE: Final = """
figure { margin: 1rem 0 1.4rem } figcaption { color: var(--soft); font-size: .93rem; margin-top: .3rem }
svg.chart { display: block; width: 100%; height: auto; overflow: visible }
svg.chart text { font: 10px var(--serif); fill: var(--soft); font-variant-numeric: tabular-nums lining-nums }
svg.chart text.value { fill: var(--ink) }
svg.chart .mark { fill: var(--good) } svg.chart .gone { fill: none; stroke: var(--unsure); stroke-width: 1.5 }
svg.chart .adverse { stroke: var(--bad); stroke-width: 2; fill: none; stroke-linecap: round }
svg.chart .empty { stroke: var(--line); stroke-width: 2; stroke-linecap: round; fill: none }
svg.chart .axis { stroke: var(--line); stroke-width: 1; fill: none }
svg.chart .line { stroke: var(--good); stroke-width: 2; fill: none; stroke-linejoin: round }
@media print { figure { break-inside: avoid } svg.chart text { font-size: 9px } }
"""
