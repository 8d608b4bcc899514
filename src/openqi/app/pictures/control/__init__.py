"""Pictures of process control: control charts of every kind, and how long they run until they signal."""
