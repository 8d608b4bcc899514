"""What metrology decides: evaluations of uncertainty, whose numbers anybody can compute again."""
