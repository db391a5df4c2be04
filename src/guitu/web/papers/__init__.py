"""文书 pages: a person's documents and files, the unit's documents and printing, and verifying from outside."""
