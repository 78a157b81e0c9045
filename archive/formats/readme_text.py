"""The words and the look of `README.html`; `$name` marks a value (string.Template)."""

from typing import Final

STYLE: Final = """
:root { color-scheme: light }
body { margin: 0 auto; max-width: 44rem; padding: 3rem 1.5rem 5rem; color: #1c1a17; background: #fdfcf9;
  font: 1.06rem/1.6 Charter, "Bitstream Charter", Cambria, Georgia, serif }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 .4rem; font-weight: 600 }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .6rem; padding-top: .9rem; border-top: 1px solid #cfc8ba }
p, ul, dl, table, pre { margin: .7rem 0 }
.keeper { color: #5b5448; margin-top: 0 }
.lead { font-size: 1.15rem }
code, pre { font: .9em/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace }
pre { background: #f3efe6; border-left: 3px solid #b09a6b; padding: .8rem 1rem; white-space: pre-wrap;
  overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
td { vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #e6e0d3 }
td:first-child { width: 36%; overflow-wrap: anywhere }
@media print { body { max-width: none; padding: 0; background: none; font-size: 10.5pt }
  h2 { break-after: avoid } pre, tr { break-inside: avoid } }
"""

PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>$name</title>
<style>$style</style>
</head>
<body>
<h1>$name</h1>
$keeper
<p class="lead">This folder is an archive of documents: $holdings. It was made so that it can be read, and its
documents checked, without the program that made it. Please change nothing in it; work on copies.</p>

<h2>Find a document</h2>
<p>Open <code>holdings.csv</code> with any spreadsheet program or text editor (UTF-8, one line per document).
Its column <code>path</code> leads to a folder below <code>bags/</code>, and the document itself lies there in
the folder <code>data/</code>, byte for byte as it was received. An apostrophe at the start of a cell is there
to keep spreadsheet programs from taking the text for a formula.</p>
<table>
<tr><td><code>data/</code></td><td>the document; several files where one document has several</td></tr>
<tr><td><code>metadata/dublin-core.json</code>, <code>.xml</code></td><td>its description: title, creator,
date, rights … (Dublin Core, ISO 15836)</td></tr>
<tr><td><code>metadata/premis.xml</code></td><td>where it came from: original name and path, date of the file,
digests, what was done to it, when and by whom (PREMIS 3)</td></tr>
<tr><td><code>metadata/names.json</code></td><td>only where a file could not keep its name: the name it is
stored under and the exact one it had</td></tr>
<tr><td><code>metadata/submission/</code></td><td>only where the document came in a bag: what its sender wrote
into that bag, lists of digests included</td></tr>
<tr><td><code>metadata/revisions/</code></td><td>later descriptions; the highest number that
<code>tagmanifest-sha512.txt</code> lists is the one in force</td></tr>
<tr><td><code>bag-info.txt</code></td><td>reference number, accession, day of the ingest</td></tr>
<tr><td><code>manifest-sha512.txt</code></td><td>the digest of every file in <code>data/</code></td></tr>
<tr><td><code>tagmanifest-sha512.txt</code></td><td>the digest of every other file</td></tr>
</table>

<h2>Check that a document is unchanged</h2>
<p>Each folder is a bag under RFC 8493 (BagIt 1.0); any BagIt program can validate it. Without one, on
Linux:</p>
<pre>cd $example
sha512sum -c manifest-sha512.txt tagmanifest-sha512.txt</pre>
<p>On macOS write <code>shasum -a 512</code> for <code>sha512sum</code>; on Windows
<code>certutil -hashfile FILE SHA512</code> prints one digest to compare by eye. Every bag of the archive:</p>
<pre>for bag in bags/*/*/; do
  (cd "$$bag" &amp;&amp; sha512sum --quiet -c manifest-sha512.txt tagmanifest-sha512.txt) ||
    echo "LOOK AT $$bag"
done</pre>
<p>This shows files that were changed or are gone. A file that was <em>added</em> is one in the folder that
neither list names.</p>

<h2>Check that nobody rewrote the lists</h2>
<p>Whoever can change a document can change the list beside it too. Against that stands the folder
<code>ledger/</code>: one entry for each thing that happened, in order, under a Merkle tree (RFC 6962,
SHA-256) whose root is signed. <code>ledger/checkpoint</code> is a short text: the name of the ledger, the
number of its entries, the root in base64, an empty line, and the signature (Ed25519). The entries lie in
<code>ledger/tile/entries/</code>, up to 256 in a file, each behind two bytes that give its length (the higher
first) and itself plain JSON. The entry of an ingest names the bag, the SHA-512 of its
<code>tagmanifest-sha512.txt</code> as <code>tagmanifest</code>, and under <code>payload</code> that of its
file, or of <code>manifest-sha512.txt</code> where there are several: compare with</p>
<pre>sha512sum $example/tagmanifest-sha512.txt</pre>
<p>The last entry about a bag counts, for a new description has a new list. The layout is that of c2sp.org
(tlog-tiles, tlog-checkpoint, signed-note). An entry's leaf is SHA-256 of a zero byte and the entry; a node is
SHA-256 of a byte 1 and its two children. A checkpoint that somebody else kept, on paper or in another house,
is proof of everything up to its number of entries: the root over the first so many entries must be the one it
states. The one in force when this page was written, worth printing and keeping elsewhere:</p>
<pre>$checkpoint</pre>
<p>Name of the ledger and the key that its signatures are verified with:</p>
<pre>$origin
$key</pre>

<h2>What else lies here</h2>
<table>
<tr><td><code>archive.toml</code></td><td>who keeps this archive, and how often it promises to check</td></tr>
<tr><td><code>runs/</code></td><td>one list per ingest: what it brought in, left out and refused</td></tr>
<tr><td><code>audits/</code></td><td>results of the checks that were made over the years</td></tr>
<tr><td><code>notes/</code></td><td>names and reasons that belong to ledger entries</td></tr>
<tr><td><code>quarantine/</code></td><td>what was set aside: documents that are not held any
more, damaged files after a repair</td></tr>
<tr><td><code>catalog.json</code>, <code>catalog.sqlite</code>, <code>holdings.csv</code>, this page</td>
<td>made from the rest for convenience; they can be deleted and made again</td></tr>
</table>

<h2>Questions</h2>
<p>Ask $ask. Keep the archive by copying the whole folder to several places, far apart, and by checking the
copies as described above.</p>
</body>
</html>
"""
