"""The REST interface: what the pages tell, as JSON for programs, described by OpenAPI."""
