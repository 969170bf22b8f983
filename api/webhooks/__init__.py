"""What those who carry texts tell us: receipts, and texts that came in."""
