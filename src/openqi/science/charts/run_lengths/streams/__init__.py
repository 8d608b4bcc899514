"""Many streams at once: how often the whole plant may call in vain, which streams are named together, and e-detectors."""
