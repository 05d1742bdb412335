__version__ = "0.1.0"

MINIMUM_CLI = "3.216.0"
MINIMUM_SDK = "3.216.0"
