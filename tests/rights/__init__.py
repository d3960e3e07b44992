"""Who may do what: every service, every role, own and other tenants."""
