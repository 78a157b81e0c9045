"""The ledger on the disk: its files, the commit, its verification, and what lies beside it."""
