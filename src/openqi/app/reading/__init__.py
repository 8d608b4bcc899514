"""Read models: what pages and programs show of a log, as plain data out of the store; nothing here writes HTML."""
