"""How is the house read? As source, by rules that a planted trespass must fail."""
