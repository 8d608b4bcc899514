"""Pages of draws: the list, the page of one with its replay in the reader's browser, and the files that a replay is given."""
