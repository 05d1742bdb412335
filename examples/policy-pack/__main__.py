#!/usr/bin/env -S python3 -u
"""Serves the rules to the Pulumi CLI: `pulumi preview --policy-pack`."""

from pulumi_policy import PolicyPack
from rules import POLICIES

PolicyPack("capig", POLICIES)
