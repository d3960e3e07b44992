"""Reference data and sample data, loaded through the services."""
