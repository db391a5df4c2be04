"""权利: what a person may ask of those who hold their data, the copy of it all, and its erasure."""
