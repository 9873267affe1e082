"""core: Keep together what readers are told at once.

Only the order of an index: hundreds of readers of one object are then written side by side.
"""

from alembic import op

revision = "aae642bb3539"
down_revision = "0030ba849975"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_changes_object", "changes")
    op.create_index("ix_changes_object", "changes", ["object_id", "kind", "reader_id", "seq"])


def downgrade() -> None:
    op.drop_index("ix_changes_object", "changes")
    op.create_index("ix_changes_object", "changes", ["reader_id", "kind", "object_id", "seq"])
