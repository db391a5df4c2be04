"""My road: the page of the person concerned, and of whoever holds their mandate."""
