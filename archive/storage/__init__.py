"""Files, ledger, intents, locks, keys and the index on a local disk."""
