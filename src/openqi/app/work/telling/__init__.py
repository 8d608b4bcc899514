"""Telling people and programs: notices, letters by e-mail, signed webhooks."""
