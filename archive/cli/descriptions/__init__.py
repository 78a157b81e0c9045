"""Commands about descriptions: checked, prepared, changed, held against profiles."""
