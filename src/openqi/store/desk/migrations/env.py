"""Runs the steps on the connection that is handed over, inside its transaction."""

from alembic import context

from openqi.store.desk.desk import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True, transactional_ddl=False
)
context.run_migrations()
