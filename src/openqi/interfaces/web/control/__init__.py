"""Pages of process control: control plans, the page of one, its points as files."""
