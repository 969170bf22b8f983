"""The environment, read once; every fault is reported together."""
