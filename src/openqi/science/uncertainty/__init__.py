"""How sure is a measured value? Propagation through the measurement models that procedures name, in exact arithmetic."""
