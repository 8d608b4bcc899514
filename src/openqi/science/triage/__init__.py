"""What a complaint seems to be about, how sure that is, and whether somebody came to harm: suggestions out of its text."""
