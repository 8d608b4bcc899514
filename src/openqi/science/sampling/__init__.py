"""How many to inspect, and what a verdict on a lot is worth: draws that anyone can repeat, single sampling plans."""
