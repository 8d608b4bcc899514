"""What scans of marks show: kept or out of files, put beside what is known of the marks, with a promise of few false alarms."""
