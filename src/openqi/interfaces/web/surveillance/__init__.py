"""Pages of market surveillance: the board, lists behind its numbers, the page of an inspected object, results as files."""
