"""A small synthetic pain service, to look at and to learn from. Everybody in it is made up."""
