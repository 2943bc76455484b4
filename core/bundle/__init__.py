"""The configuration of a database as a file: its form, its parts, what differs between two, and what entries name."""
