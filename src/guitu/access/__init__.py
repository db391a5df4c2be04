"""授权 access: units, posts, roles, acting sessions, reach, row policies."""
