"""What is measured by hand, in its smallest form."""
