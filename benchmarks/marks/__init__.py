"""Marks measured: a market of honest labels, copied ones and ill will, made up and stated; what scans tell of it."""
