"""What is kept outside the archive: signing keys, what each signed last, what a witness saw."""
