"""一人一档 the file of one person."""
