"""Operating a station: backup, restore, upgrade, health, measurements, and the journal."""
