"""The front door of a shared server: keys, launcher, session host, sessions."""
