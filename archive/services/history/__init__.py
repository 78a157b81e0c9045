"""The ledger as a history that a person understands: who did what to which documents, when and why."""
