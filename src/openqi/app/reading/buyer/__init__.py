"""What somebody in a shop wants to know of a mark: what was tested, who promises what, what is recalled, what speaks against it."""
