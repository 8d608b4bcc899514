"""The signed-in pages of a station: forms, inbox, people; rendered on the server, usable without scripts."""
