"""Which nudges are planned, and whether one may go now."""
