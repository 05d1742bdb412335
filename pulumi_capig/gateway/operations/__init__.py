"""The operations of the reference: a module for each of its pages, typed calls and their models.

Each function takes the client first and raises `GatewayError`, whose class says what may be done
about it.
"""
