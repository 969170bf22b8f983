"""What tests stand on: the cast, their world, rows, and doubles of other people's servers."""
