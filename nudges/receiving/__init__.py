"""From a text that came in to what it means and who reads it."""
