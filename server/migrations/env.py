"""What Alembic runs for every command: on the connection, and in the transaction, of who called."""

from alembic import context

from server.upgrading import options

_DB = context.config.attributes["connection"]
context.configure(connection=_DB, **options(_DB.dialect.name))
with context.begin_transaction():
    context.run_migrations()
