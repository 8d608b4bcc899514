"""The few words that every floor uses: errors, instants, decimal text, units, quantities, identifiers, the catalogue."""
