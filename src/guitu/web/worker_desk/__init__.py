"""今天 the worker's day on a phone: whom to see or call, and the record in three taps."""
