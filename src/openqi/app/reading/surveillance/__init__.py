"""Market surveillance for pages: the board of draws and inspections, what stands about one inspected object, open results."""
