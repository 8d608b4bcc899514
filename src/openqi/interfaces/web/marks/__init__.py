"""Pages about scans of marks: what is kept of them and whose choice that is, and what they show to those who watch."""
