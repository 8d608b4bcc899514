"""Complaints: taken in, decided in time, tested, answered, closed, joined, counted; and disputes."""
