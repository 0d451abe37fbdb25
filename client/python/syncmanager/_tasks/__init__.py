"""Tasks of pools: how they are submitted and done, and what their results mean."""
