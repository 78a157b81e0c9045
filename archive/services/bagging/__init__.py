"""Making bags of plain folders, and mending bags; no archive is needed."""
