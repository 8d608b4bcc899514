"""What phase I takes as the centre and the spread of a process, each way under its name."""
