"""From a due row to a text handed over, once."""
