"""Run lengths of rules on zones (an exact Markov chain) and of rules on values (simulated, and labelled so)."""
