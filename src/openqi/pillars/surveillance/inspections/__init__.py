"""What follows a draw: who is sent, how visits ended, what was published in time, and what it says about the market."""
