"""县级衔接工作台 the county's desk."""
