"""From a filled-in act to evidence: preview, seal once, keys elsewhere, drafts, tables of many."""
