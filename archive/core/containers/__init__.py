"""The grammar of serialised bags: tar headers, pax records, zip records, names of members.

Bytes in, values or faults out: no content makes a parser raise. Where two readers of the format would see
different files in the same bytes, the bytes are refused: an archive has one reading here or none.
"""
