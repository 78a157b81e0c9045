"""What happens to a held document after its ingest: described anew, withdrawn, disposed of.

Each command begins with an intent and ends by removing it. Additions (a new description) are published
before the ledger's commit, removals (a withdrawal, a disposal) made after it; `recovery` finishes or takes
back what a dead writer left.
"""
