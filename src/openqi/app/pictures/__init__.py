"""Pictures of results, as Vega-Lite specifications: what is drawn is said here, who draws it and in which file is not."""
