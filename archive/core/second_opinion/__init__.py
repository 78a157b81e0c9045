"""What another program says of a bag, held against our own report."""
