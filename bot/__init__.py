"""The Discord side of Dinobard, its terminal, and its command line."""
