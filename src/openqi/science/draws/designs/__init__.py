"""How objects with given chances are drawn by their tickets, and what can be said of the chances."""
