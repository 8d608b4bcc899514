"""Draws pictures: SVG and PNG out of specifications, the fonts and the words for them."""
