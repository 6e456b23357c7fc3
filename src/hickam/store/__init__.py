"""What a person saves: cases, documents, users, audit trail; SQLite on one machine, PostgreSQL for a team."""
