"""Who is there: accounts, credentials, organisations, hats, and the keys that are kept for them."""
