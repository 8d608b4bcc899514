"""What waits for whom: tasks, clocks, notices, comments, attachments, search."""
