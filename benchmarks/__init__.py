"""How fast the provider is, beside what it cannot be faster than: `make bench`."""
