"""What may be decided, and what the evidence adds up to, one folder a pillar."""
