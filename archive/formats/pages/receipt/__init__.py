"""The receipt for a donor: one self-contained page to read, print and keep, with the proofs in it."""

from archive.formats.pages.receipt.page import ReceiptDocument, ReceiptFile, receipt_page

__all__ = ["ReceiptDocument", "ReceiptFile", "receipt_page"]
