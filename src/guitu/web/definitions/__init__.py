"""流程定义 the page on which whoever answers for a unit moves its running journeys to the definition in force."""
