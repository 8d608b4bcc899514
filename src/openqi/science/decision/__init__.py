"""Given the uncertainty, what may be declared conforming, at what risk? Exact arithmetic on the stated digits."""
