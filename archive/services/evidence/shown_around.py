"""What a receipt shows around its documents, held to the words that receipts are written with."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from archive.core.findings import Finding, error
from archive.core.text import printable
from archive.formats.pages.receipt import KNOWN_STYLES
from archive.formats.pages.style import content_policy
from archive.services.evidence.kept_files import BroughtFile, unescaped
from archive.services.evidence.shown_checkpoint import checkpoint_findings

# Every release has written these to the letter, but for the places in braces and the lines that begin with ?,
# which stand only where there is something to say. A release that words them otherwise adds its form.
_BEFORE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Receipt of {title}</title>
<style>{style}</style>
</head>
<body>
<main>
<header>
<h1>Receipt</h1>
<p class="lead">{name} has taken in {count} {documents}
as listed below. Keep this file: with it you can prove later what was received, and that nothing recorded up to then was
rewritten.</p>
<dl class="facts">
?<dt>Kept by</dt><dd><bdi>{institution}</bdi></dd>
?<dt>Contact</dt><dd><bdi>{contact}</bdi></dd>
?<dt>Accession</dt><dd><bdi>{accession}</bdi></dd>
?<dt>Received from</dt><dd><bdi>{giver}</bdi></dd>
?<dt>Received</dt><dd><bdi>{received}</bdi></dd>
<dt>Receipt made</dt><dd><time datetime="{made}">{moment}</time></dd>
<dt>On whose word</dt><dd>the archive’s own: its signature stands below. Names and titles are as the archive describes them;
what the proofs fix are bytes, order and time of record.</dd>
</dl>
</header>

<section aria-labelledby="documents">
"""  # noqa: E501 - as the page has it
_AFTER: Final = """</section>

<section aria-labelledby="bytes">
<h2 id="bytes">How to check a file, with nothing but common tools</h2>
<pre>sha512sum FILE</pre>
<p>prints the digest of the file as you hold it (on macOS: <code>shasum -a 512 FILE</code>; on Windows:
<code>certutil -hashfile FILE SHA512</code>). If it is the one that stands beside the file above, these are the bytes that were
received, every one of them.</p>
</section>

<section aria-labelledby="record">
<h2 id="record">How to check that it is on record</h2>
<p>Any copy of the program <code>archive</code> reads the proofs in this file, without the archive; the key should come to you by
another way than this page:</p>
<pre>archive ledger check-proof RECEIPT.html --document FILE --key '{command}'</pre>
<p>Whoever audits the archive can be given this file: <code>archive ledger verify --trust RECEIPT.html</code> fails if anything
recorded up to the entries below was rewritten, removed or re-dated since.</p>
<p>Each proof follows c2sp.org/tlog-proof, so other programs can read it too. It leads to this checkpoint: the name of the
ledger, the number of its entries, the root of their tree (RFC 9162), the signature (Ed25519, c2sp.org/signed-note):</p>
<pre>{checkpoint}</pre>
<dl class="facts">
<dt>Ledger</dt><dd class="mono"><bdi>{ledger}</bdi></dd>
<dt>Its key</dt><dd class="mono"><bdi>{key}</bdi></dd>
</dl>
</section>

<section aria-labelledby="not">
<h2 id="not">What this receipt does not prove</h2>
<ul>
<li>That the archive still holds the documents, or will tomorrow. An audit shows that; ask for the newest, and on whose word it
rests: what an archive says of its own checks is a self-check.</li>
<li>That the documents were genuine or rightly described when they were handed over.</li>
<li>That the archive has not given others a different history: compare the checkpoint above with theirs.</li>
</ul>
</section>
</main>
</body>
</html>
"""  # noqa: E501 - as the page has it
_OPEN = re.compile("{([a-z]+)}")
_TEXT: Final = "[^<>\n]*"
_OTHERWISE: Final = {"style": "[^<]*+", "checkpoint": "[^<]*+", "count": "[^ <>\n]*+", "documents": "[a-z]*+"}
_FREE: Final = ("title", "name", "institution", "contact", "accession", "giver", "received", "made", "moment")
_BETWEEN = re.compile("[^0-9A-Za-z]+")
_DIGITS = re.compile("[0-9A-Fa-f]{128,}")
_FOUND_CHARACTERS: Final = 80


def around_findings(brought: BroughtFile, before: str, after: str, proofs: int) -> Iterator[Finding]:
    """Where the page, before and after its documents, is not as receipts are written or shows what is not so.

    `proofs` is how many documents it proves. Names and dates are free, but for a SHA-512 among them.
    """
    shown: dict[str, str] = {}
    for form, text in ((_BEFORE, before), (_AFTER, after.rstrip() + "\n")):
        rest = _take(form, text, shown)
        if rest is not None:
            yield oddity(brought, rest)
    if "style" in shown and not _is_ours(shown["style"], shown["policy"]):
        yield oddity(brought, "<style>")
    free = [unescaped(shown[name]) for name in _FREE if name in shown]
    for said in free:
        if printable(said) != said:  # as it is never written: it might turn round what stands beside it
            yield oddity(brought, said)
    if (digits := _DIGITS.search(_BETWEEN.sub("", "".join(free)))) is not None:
        yield oddity(brought, digits[0])
    yield from _miscounted(brought.place, shown, proofs)
    yield from checkpoint_findings(brought, shown)


def oddity(brought: BroughtFile, rest: str) -> Finding:
    """The finding of a page that is not as receipts are written, from the beginning of `rest` on."""
    message = "the page is not as a receipt is written: what people read may have been altered"
    found = printable(rest.lstrip().partition("\n")[0][:_FOUND_CHARACTERS]) or "the end"
    return error("PROOF-PAGE-DIFFERS", brought.place, message, found=found)


def _take(form: str, text: str, shown: dict[str, str]) -> str | None:
    """Adds to `shown` what stands in the open places; returns the text from where it leaves the form."""
    end = 0
    for line in form.splitlines(keepends=True):
        match = _pattern(line.removeprefix("?")).match(text, end)
        if match is not None:
            shown.update(match.groupdict())
            end = match.end()
        elif not line.startswith("?"):
            return text[end:]
    return text[end:] or None


def _pattern(line: str) -> re.Pattern[str]:
    parts = _OPEN.split(line)
    for at in range(0, len(parts), 2):
        parts[at] = re.escape(parts[at])
    for at in range(1, len(parts), 2):
        parts[at] = f"(?P<{parts[at]}>{_OTHERWISE.get(parts[at], _TEXT)})"
    return re.compile("".join(parts))


def _is_ours(style: str, policy: str) -> bool:
    """True for a style sheet of a release and the policy under which no other one applies."""
    known = hashlib.sha256(style.encode()).hexdigest() in KNOWN_STYLES
    return known and unescaped(policy) == content_policy(style)


def _miscounted(place: str, shown: dict[str, str], proofs: int) -> Iterator[Finding]:
    """Where the page begins with another number of documents than it shows and proves."""
    if "count" not in shown:  # then it is not as a receipt is written
        return
    said, expected = (
        f"{shown['count']} {shown['documents']}",
        f"{proofs:,} document{'' if proofs == 1 else 's'}",
    )
    if said != expected:
        message = "the page says that another number of documents were taken in than it shows"
        found = printable(said)[:_FOUND_CHARACTERS]
        yield error("PROOF-PAGE-DIFFERS", place, message, expected=expected, found=found)
