"""Pictures of many watched streams: the map of stability and capability, and the chart of one of them."""
