"""Text normalisation, verse layout, the profanity filter, fonts."""
