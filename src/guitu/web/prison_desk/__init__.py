"""监狱释放工作台 the prison's desk and its rosters."""
