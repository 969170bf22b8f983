"""Steps that several use cases share, each inside a transaction that its caller has opened."""
