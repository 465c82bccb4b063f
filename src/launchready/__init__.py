"""launchready: can outside users be let in, and can a small team take this over tomorrow?"""

__version__ = "0.1.0"
RULES_VERSION = 1
