"""The process's sessions with managers: how calls are made, and how values travel."""
