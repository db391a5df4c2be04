"""The transparency log: RFC 6962 tree, C2SP notes, checkpoints, co-signatures and tiles. Plain Python, no database."""
