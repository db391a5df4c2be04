"""系统管理 units and posts."""
