"""`archive list --tree`: what is part of what."""

from typing import TYPE_CHECKING, Any

from archive.cli.columns import cut, room
from archive.cli.context import Context
from archive.cli.output import next_step, plural, print_findings, say, stream_json, styled, tell
from archive.core.findings import Severity
from archive.core.limits.terminal import TREE_LEVELS
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.core.findings import Finding
    from archive.services.holdings.hierarchy import Node
    from archive.storage.index import Index


def show_tree(context: Context, index: "Index", told: "tuple[Finding, ...]") -> int:
    """Prints the tree; 1 where documents are part of themselves."""
    from archive.services.holdings.hierarchy import Hierarchy

    hierarchy = Hierarchy(index, list(told))
    counts = {"documents": 0, "groups": 0}

    def nodes() -> "Iterator[Node]":
        for node in hierarchy.nodes():
            counts["groups"] += node.row is None
            counts["documents"] = hierarchy.documents
            yield node

    if context.json:
        _stream(hierarchy.findings, nodes(), counts)
    else:
        for node in nodes():
            say(_line(node))
        print_findings(hierarchy.findings, to_stderr=True)
        if not context.quiet:
            tell(f"{plural(counts['documents'], 'document')}, {plural(counts['groups'], 'group')} only named")
            next_step("archive describe ID --set dcterms.isPartOf=REFERENCE puts a document below another")
    return int(any(finding.severity is Severity.ERROR for finding in hierarchy.findings))


def _stream(findings: "list[Finding]", nodes: "Iterator[Node]", counts: dict[str, int]) -> None:
    found: list[dict[str, Any]] = []
    tail = {"findings": found, "counts": counts}

    def rows() -> "Iterator[dict[str, Any]]":
        from archive.services.holdings.listing import document_json

        for node in nodes:
            document = document_json(node.row) if node.row is not None else None
            group = lossless(node.group)
            yield {"depth": node.depth, "document": document, "group": group, "repeated": node.repeated}
        found.extend(finding.to_json() for finding in findings)

    stream_json({"kind": "tree-report", "version": 1}, "nodes", rows(), tail)


def _line(node: "Node") -> str:
    indent = "  " * min(node.depth, TREE_LEVELS)
    if node.row is None:
        return f"{indent}{styled(cut(node.group or '', room(len(indent))), 'dim')}"
    reference = printable(node.row.reference)
    again = styled("  (parts shown above)", "dim") if node.repeated else ""
    title = cut(node.row.title, room(len(indent) + len(reference) + 4))
    return f"{indent}{styled(reference, 'bold')}  {title}{again}"
