"""Run by Alembic, always on a connection that `store.database.upgrade` hands over inside its transaction."""

from alembic import context

from store.database import VERSION_TABLE
from store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
