"""Licences of marks: rules and series of tests, issues under a licence, and what became of marks."""
