"""All that speaks Discord's protocol through discord.py."""
