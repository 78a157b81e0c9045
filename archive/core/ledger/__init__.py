"""The ledger as values: entries, checkpoints, notes, trees, proofs, keys, and the trust they give."""
