__version__ = "0.2.0"

MINIMUM_CLI = "3.217.0"
MINIMUM_SDK = "3.217.0"
