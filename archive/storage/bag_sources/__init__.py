"""Where bags are read from: folders and serialised bags, behind one protocol, to one judge."""
