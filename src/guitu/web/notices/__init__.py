"""通知 The own list of notices, and how they are worded."""
