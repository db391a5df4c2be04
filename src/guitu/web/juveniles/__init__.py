"""未成年人 juveniles: the separate list of a unit's own, the only one in which they stand by name."""
