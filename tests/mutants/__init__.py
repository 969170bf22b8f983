"""What would the tests say if a promise were broken? Faults to plant, and who plants them."""
