"""The gateway protocol and its adapters: Twilio, GOV.UK Notify, the simulator."""
