"""The receipt for a donor: one self-contained page to read, print and keep, with the proofs in it."""

from archive.formats.pages.receipt.page import KNOWN_STYLES, ReceiptDocument, ReceiptFile, receipt_page

__all__ = ["KNOWN_STYLES", "ReceiptDocument", "ReceiptFile", "receipt_page"]
