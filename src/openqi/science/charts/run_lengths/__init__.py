"""How many points a chart takes until it signals, in control and after a shift: exact, with an error bound, or refused."""
