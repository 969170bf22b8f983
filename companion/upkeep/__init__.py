"""What no person asks for: sweeps, leases, heartbeats. Takes `now`, no actor."""
