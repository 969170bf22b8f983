"""What the pain service knows and does: rules, tables and use cases. No Flask views, no provider."""
