"""How likely is it that an object does not conform?  Risk models learned, judged, scored with reasons; classes; which is better."""
