"""One shared server: its front door, sessions, installation, checks, and what it does by itself at night."""
