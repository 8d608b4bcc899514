"""What pages and programs tell of recalls: the register with its search, and one recall with its lines, notice and progress."""
