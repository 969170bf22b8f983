"""How often does a test run? Every day, unless it is marked as deep: those run by `make test-deep` alone.

A deep test takes long because it asks everything of everybody. Each leaves a short form among the everyday tests, which
fails too when the rule is broken.
"""

import pytest

deep = pytest.mark.deep
