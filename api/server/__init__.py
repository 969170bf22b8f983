"""The web server, its fast lane for webhooks, and the one command that runs everything."""
