"""Django database engine of the house; see base."""
