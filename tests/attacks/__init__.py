"""What attackers did to an earlier release, as tests that fail on it."""
