"""Market surveillance: draws that anybody repeats, visits and their results, and calibrated risk."""
