"""What scans and complaints say, and how sure that is: labels that were copied, rises that are real."""
