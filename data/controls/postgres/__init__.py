"""What a PostgreSQL server's catalog says about who could read which table."""
