"""The two networks and their parts: vocabulary, sampling, optimisers."""
