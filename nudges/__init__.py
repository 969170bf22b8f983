"""From care plan to phone and back. No Flask."""
