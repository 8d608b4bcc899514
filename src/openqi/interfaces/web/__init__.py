"""Shows evidence in a browser and answers programs over HTTP."""
