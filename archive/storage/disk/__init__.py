"""The disk itself: durable writes, syncs, descriptors, spools, room."""
