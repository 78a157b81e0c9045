"""Commands about what is held: listed, found, shown, handed out."""
