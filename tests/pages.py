"""Pages as readers and browsers take them: what is seen, what elements there are, what may never be there."""

import re
from html.parser import HTMLParser

from lxml import html

from archive.formats.pages.style import content_policy

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&\x1b[2J\u202e\u2066\r\n{{ 90001*3 }}\udcff"
)
BIDI_OR_CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)


def seen(text: str) -> str:
    """What a reader sees, white space folded."""
    body = html.fromstring(text.encode()).find("body")
    assert body is not None
    return " ".join("".join(str(part) for part in body.itertext()).split())


class Elements(HTMLParser):
    """Every element with its attributes, and the depth of what stays open."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.misnested: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.misnested.append(tag)


def require_self_contained(text: str) -> None:
    """The page is closed in itself: nothing fetched or run, one style sheet that the policy names."""
    found = Elements(text)
    tags = {tag for tag, _ in found.elements}
    names = {name for _, attributes in found.elements for name in attributes}
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & tags
    assert not {"src", "href", "style"} & names
    assert not [name for name in names if name.startswith("on")]
    assert "url(" not in text
    assert "@import" not in text
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    [policy] = [
        attributes["content"]
        for tag, attributes in found.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == content_policy(style[1])
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
