"""What pages and programs are told of draws: the list, the page of one, the chance of an object, what a replay is given."""
