"""身份核对 whether a roster row is a person already held: the questions, both records side by side, the decision."""
