"""On which day does a limit end?  working days, dated holidays and make-up days, pauses."""
