"""The words that carriers act on by themselves, in any capitals, when they are the whole text."""

# Twilio's list (advanced-opt-out.md).
CARRIER_STOP = frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
CARRIER_START = frozenset({"start", "yes", "unstop"})
CARRIER_HELP = frozenset({"help", "info"})
