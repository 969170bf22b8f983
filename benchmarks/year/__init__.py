"""A virtual year of texts under faults, and an independent recount of what came of them."""
