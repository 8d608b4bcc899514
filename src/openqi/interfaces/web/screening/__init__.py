"""Screening as a folder of pages: the map, the worst streams in every order, and a page of each of the worst."""
