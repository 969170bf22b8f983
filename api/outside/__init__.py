"""Clients of other people's servers: OpenID Connect and mail."""
