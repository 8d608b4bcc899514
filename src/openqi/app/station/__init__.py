"""The station: one configuration, one ledger, one desk, and what joins them."""
