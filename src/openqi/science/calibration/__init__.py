"""From indication to value: what a certificate says at the point where an instrument was used."""
