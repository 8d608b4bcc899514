"""Draws on plain files, without a station: a folder is committed to, drawn from, verified from nothing, and explained."""
