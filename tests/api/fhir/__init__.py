"""Is what we give out FHIR R4? Asked of checkers that others wrote."""
