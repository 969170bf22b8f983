"""`flask --app wsgi …`, one noun a file."""
