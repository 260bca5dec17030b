"""Text generation: the compiled decoder, names and poems fit to show."""
