"""One module a group of commands; each is loaded when it is asked for, and loads what it needs when it runs."""
