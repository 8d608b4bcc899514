"""One module a store; each passes the contract suite."""
