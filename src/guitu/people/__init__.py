"""人员 people: one person, many identifiers; names, matching, core items and the responsible unit."""
