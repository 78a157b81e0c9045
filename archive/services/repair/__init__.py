"""Damage put right from good bytes: never to anything but what the ledger promises."""
