"""A record in FHIR R4: one file for each resource, from the same value as every other form of it."""
