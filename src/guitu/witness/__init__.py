"""guitu-witness: a small program that another agency runs. It remembers how far a log had grown and co-signs growth."""
