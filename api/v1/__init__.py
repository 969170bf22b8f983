"""JSON for the mobile app and other systems, version 1."""
