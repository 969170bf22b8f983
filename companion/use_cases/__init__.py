"""What a person can ask for: each function takes the actor first and `now`, and owns its transaction."""
