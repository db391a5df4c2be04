"""Forms kept when a session ended: taken in by the gate, given back filled in to the same account."""
