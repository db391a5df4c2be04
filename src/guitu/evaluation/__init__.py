"""评估 evaluation: an independent evaluator counts, samples, verifies and compares, and never sees a person."""
