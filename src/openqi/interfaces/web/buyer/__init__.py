"""Pages for somebody who holds a thing with a mark: typing the code in, following a report, and one mark as a file for offline."""
