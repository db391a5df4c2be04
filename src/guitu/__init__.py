"""归途 Guitu: one house, rooms on floors; see docs/architecture.md."""
