"""Self-contained pages to read, print and keep: one look, one environment, a room for each kind of page."""
