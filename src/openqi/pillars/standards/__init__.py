"""Standards: what firms declare themselves, held against what is recommended and what was measured."""
