"""Licensed marks in a workspace: rules, licences, issues with their private files, and what became of marks."""
