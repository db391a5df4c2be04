"""Pages of third-party evaluation: the supervisor's, the evaluator's, the evaluated county's, talks to bring about."""
