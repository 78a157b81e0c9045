"""How much a JSON Schema is once its references are followed: twenty lines of them can be a million rules."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from archive.core.limits.bags import PROFILE_LEVELS, PROFILE_RULES

_REFERENCES: Final = ("$ref", "$dynamicRef")
_ANCHORS: Final = ("$anchor", "$dynamicAnchor")


class UnfoldingError(ValueError):
    """The references lead in a circle, or to more than is judged."""


def require_bounded(document: Mapping[str, Any]) -> None:
    """Raises UnfoldingError where following every reference inside the document finds no end, or too much.

    References out of it are for others to judge.
    """
    _Unfolding(document).weight(document, (), 0)


class _Unfolding:
    """Weighs each part once: itself, what is in it, and what it refers to."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._anchors = {
            name: node
            for node in _objects(document)
            for key in _ANCHORS
            if isinstance(name := node.get(key), str)
        }
        self._weights: dict[int, int] = {}

    def weight(self, node: Any, open_targets: tuple[int, ...], depth: int) -> int:
        """The rules of a part; `open_targets` are what the references led to on the way to it."""
        if not isinstance(node, (dict, list)):
            return 0
        if depth > PROFILE_LEVELS:
            raise UnfoldingError(
                f"is nested deeper than {PROFILE_LEVELS} levels once its references are followed"
            )
        if id(node) in self._weights:
            return self._weights[id(node)]
        total = 1
        for each in node.values() if isinstance(node, dict) else node:
            total += self.weight(each, open_targets, depth + 1)
        for target in self._targets(node):
            if id(target) in open_targets:
                raise UnfoldingError("refers to itself, and a description is not nested so")
            total += self.weight(target, (*open_targets, id(target)), depth + 1)
        if total > PROFILE_RULES:
            raise UnfoldingError(f"is more than {PROFILE_RULES:,} rules once its references are followed")
        self._weights[id(node)] = total
        return total

    def _targets(self, node: Any) -> Iterator[Any]:
        for key in _REFERENCES if isinstance(node, dict) else ():
            reference = node.get(key)
            if isinstance(reference, str) and reference.startswith("#"):
                yield self._target(reference[1:])

    def _target(self, fragment: str) -> Any:
        """What a fragment names (RFC 6901, or an anchor); None where there is no such part."""
        if fragment and not fragment.startswith("/"):
            return self._anchors.get(fragment)
        node: Any = self._document
        for step in fragment.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict):
                node = node.get(name)
            elif isinstance(node, list) and name.isascii() and name.isdigit() and len(name) < 10:
                node = node[int(name)] if int(name) < len(node) else None
            else:
                return None
        return node


def _objects(node: Any) -> Iterator[Mapping[str, Any]]:
    level = [node]
    while level:
        each = level.pop()
        if isinstance(each, dict):
            yield each
            level += each.values()
        elif isinstance(each, list):
            level += each
