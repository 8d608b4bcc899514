"""Certificates as files of a user: read, checked, verified and followed, with schemas, roots and other certificates beside them."""
