"""Commands about the ledger, its keys, and what others sign."""
