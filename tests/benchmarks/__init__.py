"""Does the evidence stand on its own feet?"""
