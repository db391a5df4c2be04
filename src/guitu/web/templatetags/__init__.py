"""Template tags and filters of the office, phone and print pages."""
