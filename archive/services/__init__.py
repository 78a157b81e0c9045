"""The jobs: init, ingest, audit, verify, rebuild; they take what they use as arguments."""
