"""What somebody may ask: every command and statement as one definition for form, REST and command line."""
