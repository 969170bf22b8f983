"""Letters as PDF, and pictures."""
