"""The proxies of a manager's objects, one module for each group of types."""
