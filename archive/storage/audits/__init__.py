"""What audits leave on the disk: plans, results, and what the ledger vouches for of them."""
