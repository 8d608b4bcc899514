"""When a chart speaks: rules and sets of rules as data, their marks, and how often they speak without cause."""
