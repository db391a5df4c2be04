"""The interface for other systems: /api/v1. The same operations and queries as the pages, asked by machine posts."""
