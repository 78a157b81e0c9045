"""Pure rules: bytes and values in, values or findings out; no disk, network, clock or chance."""
