"""What became of each text: receipts, questions to the provider, and what follows."""
