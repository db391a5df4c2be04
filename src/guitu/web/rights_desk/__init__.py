"""The rights desk: requests about a person's own data, their decisions, copies and erasures."""
