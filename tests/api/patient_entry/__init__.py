"""How do patients come in?"""
