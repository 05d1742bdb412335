__version__ = "0.1.0"

MINIMUM_CLI = "3.217.0"
MINIMUM_SDK = "3.217.0"
