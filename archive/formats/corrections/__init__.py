"""Tables of descriptions written again with single cells put right, everything else as it came."""
