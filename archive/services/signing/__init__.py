"""The keys of an archive: shown, kept, put back, changed; and what waits for them."""
