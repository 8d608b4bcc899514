"""What is known of a quantity: distributions with their moments, probabilities and quantiles, one file a kind."""
