"""What can be found out about what this is made of, without asking anybody outside: `make scan`."""
