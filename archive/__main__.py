"""`python -m archive`."""

from archive.cli.main import main

main()
