"""Audits: from the bytes of held bags to verdicts, judged by the ledger."""
