"""What goes into a model: values with their uncertainty, from statements, from series of readings, and how they are correlated."""
