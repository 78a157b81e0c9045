"""What stands beside a description in XML, and elements that state access in another form than text."""

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from archive.core.descriptions.description_access import is_access
from archive.formats.descriptions.xml_prose import text_of
from archive.formats.descriptions.xml_values import attributes


def elements_of(parent: Any) -> Iterator[Any]:
    """The elements in one, without comments and processing instructions."""
    return (element for element in parent if isinstance(element.tag, str))


def around(containers: Iterable[Any]) -> frozenset[Any]:
    """The containers of descriptions, and all elements round them."""
    found: set[Any] = set()
    for container in containers:
        for each in (container, *container.iterancestors()):
            if each in found:
                break
            found.add(each)
    return frozenset(found)


def beside(container: Any, top: Any, described: frozenset[Any]) -> Iterator[tuple[Any, Any]]:
    """Each element that says something beside the container or a wrapper round it, and what both stand in.

    None that holds a description: `described` are those.
    """
    inner = container
    while inner is not top:
        outer = inner.getparent()
        for element in elements_of(outer):
            if element not in described and _says_something(element):
                yield element, outer
        inner = outer


def holds_elements(element: Any) -> bool:
    """True where another element stands in it."""
    return next(elements_of(element), None) is not None


def unread_access(element: Any) -> str | None:
    """The name of an element access, in any case and namespace, that states it by elements or attributes.

    None for any other, for one with a text alone, and for one that says nothing.
    """
    name = etree.QName(element).localname
    if not is_access(name):
        return None
    by_attributes = not text_of(element).strip() and any(True for _ in attributes(element))
    return name if by_attributes or holds_elements(element) else None


def _says_something(element: Any) -> bool:
    return bool(element.attrib) or holds_elements(element) or bool(text_of(element).strip())
