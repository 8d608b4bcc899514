"""The signature of a certificate, judged as of the time when it was made."""
