"""一窗受理: who comes, what it is about, the slip, and what became of it."""
