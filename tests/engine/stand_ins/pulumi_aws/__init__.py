"""Stands in for the package of AWS: as much of it as the example of an advertiser needs."""

from . import route53 as route53
