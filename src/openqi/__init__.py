"""OpenQI, the open digital quality infrastructure: from the mark on a product back to the SI, every decision recomputable."""
