"""What drawn objects say about all of them: rates of the population with intervals, and what a draw will be able to say."""
