"""What does this product promise, said so that a machine can check it?

This file must be here: without it `import api` finds tests/api.
"""
