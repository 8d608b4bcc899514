"""A plant's nightly job: which readings are new, what was done of them already, and what all came to."""
