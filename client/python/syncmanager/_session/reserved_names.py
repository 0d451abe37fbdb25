"""Names of objects in a manager that belong to this package."""

HOST = "syncmanager/host"  # What is said of the host; and the beginning of all such names.
