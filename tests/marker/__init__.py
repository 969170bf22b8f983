"""A marker in every personal field, and the product driven through all its doors."""
