"""Output: blocks become a file or are heard."""
