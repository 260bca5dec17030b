"""A cog for each group of commands: context, action, reply."""
