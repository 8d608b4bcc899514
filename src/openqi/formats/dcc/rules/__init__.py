"""What a good certificate says beyond its structure: rules of content, each with its clause."""
