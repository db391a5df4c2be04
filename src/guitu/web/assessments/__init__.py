"""出监评估 the assessment before release: the prison's form, and the report as the receiving side reads it."""
