"""What does Python raise where something is not as everybody thought? For the few places where one text's trouble must
not become everybody's; each says so in the log, and leaves the text in a state that somebody looks at."""

UNFORESEEN = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
