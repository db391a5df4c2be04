"""规则库 the rulebook, readable."""
