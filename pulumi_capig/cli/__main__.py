"""`python -m pulumi_capig.cli`: the same as `capig`."""

from . import main

main()
