"""A risk out of visits: weighted, monotone trees, judged and calibrated on visits that they had not seen."""
