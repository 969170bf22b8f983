"""What texts say and mean. Pure."""
