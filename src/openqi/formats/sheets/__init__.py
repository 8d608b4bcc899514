"""Sheets of labels for print: where each label stands, its code and texts as outlines, PDF and SVG, page after page."""
