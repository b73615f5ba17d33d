"""What alembic runs: the revisions in versions/ over the connection it was given."""

from alembic import context

from data.migrations.tables import SCHEMA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SCHEMA,
    # SQLite cannot alter a column in place; alembic then copies the table.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
