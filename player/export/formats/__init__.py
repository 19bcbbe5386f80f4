"""How a stream of sound becomes a file of each format."""
