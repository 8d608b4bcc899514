"""Measurement models: parsed into a graph, named by the hash of one canonical text, run as a tape of elementary operations."""
