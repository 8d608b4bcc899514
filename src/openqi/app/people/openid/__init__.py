"""Sign-in through OpenID Connect: what a provider says of itself, its tokens, ways to it and back, identities of accounts."""
