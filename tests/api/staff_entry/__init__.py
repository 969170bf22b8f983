"""Do staff get in, and nobody else?"""
