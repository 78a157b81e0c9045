"""One script for each claim of docs/performance.md; never asserted in the tests."""
