"""The grammar of BagIt, RFC 8493 and drafts from 0.93: one for writer, audit and judge of foreign bags.

Bytes in, values and findings out: no content makes a parser raise, and memory is a small multiple of what
was handed in. Names are `str` as `os.fsdecode` gives them on a UTF-8 system: bytes that are not UTF-8 are
surrogate escapes (PEP 383).
"""
