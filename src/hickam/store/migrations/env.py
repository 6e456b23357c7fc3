"""Alembic's entry: the connection is given by Store.upgrade, which commits it."""

from alembic import context

from hickam.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
