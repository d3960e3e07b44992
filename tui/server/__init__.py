"""One shared server: what is installed on it, how it is checked, and what it does by itself at night."""
