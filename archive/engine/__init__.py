"""Executors: where batches of work run."""
