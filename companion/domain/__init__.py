"""Rules, pure: values in, decision out; no clock, no session, no framework."""
