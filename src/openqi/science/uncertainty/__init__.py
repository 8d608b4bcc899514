"""How sure is a measured value? Measurement models, what goes into them, propagation to first and second order and by trials."""
