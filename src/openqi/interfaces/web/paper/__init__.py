"""A certificate as a document: one content in one language, set as an HTML page and as PDF/A with the certificate attached."""
