"""Side-by-side measurements; each script prints ratios against a baseline in the same run."""
