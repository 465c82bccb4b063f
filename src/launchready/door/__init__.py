"""The only way out: permit, budgets, rate, transports, vault and redaction."""
