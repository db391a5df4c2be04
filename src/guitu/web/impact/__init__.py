"""影响评估 impact assessments by screen."""
