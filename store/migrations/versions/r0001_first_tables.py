"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _closed(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


UTC = sa.DateTime(timezone=True)
ACTION = _closed("action", "establish", "maintain", "suspend", "sever", "restore")
STAGE = _closed("stage", "enacted", "proposed", "urged", "rejected", "implied")
DATE_PRECISION = _closed("date_precision", "day", "week", "month", "year", "unknown")
DATE_BASIS = _closed("date_basis", "text_absolute", "text_relative", "meeting_date", "publication")
REVIEW = _closed("review", "pending", "accepted", "corrected", "rejected")
KIND = _closed("kind", "article", "minutes", "agenda", "listing", "watch")
DATE_SOURCE = _closed("date_source", "feed", "json-ld", "meta", "url", "text", "http")
OUTCOME = _closed("outcome", "new", "changed", "unchanged", "skipped", "failed")


def upgrade() -> None:
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("canonical_url", sa.String(), nullable=False),
        sa.Column("first_seen", UTC, nullable=False),
        sa.Column("last_seen", UTC, nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        sa.UniqueConstraint("canonical_url", name=op.f("uq_page_canonical_url")),
    )
    op.create_table(
        "pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("a_key", sa.String(), nullable=False),
        sa.Column("a_geonames_id", sa.Integer(), nullable=True),
        sa.Column("a_name", sa.String(), nullable=True),
        sa.Column("a_folded", sa.String(), nullable=True),
        sa.Column("a_admin1", sa.String(), nullable=True),
        sa.Column("a_country", sa.String(length=2), nullable=False),
        sa.Column("b_key", sa.String(), nullable=False),
        sa.Column("b_geonames_id", sa.Integer(), nullable=True),
        sa.Column("b_name", sa.String(), nullable=True),
        sa.Column("b_folded", sa.String(), nullable=True),
        sa.Column("b_admin1", sa.String(), nullable=True),
        sa.Column("b_country", sa.String(length=2), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair")),
        sa.UniqueConstraint("a_key", "b_key", name=op.f("uq_pair_a_key_b_key")),
    )
    op.create_index(op.f("ix_pair_a_folded"), "pair", ["a_folded"], unique=False)
    op.create_index(op.f("ix_pair_b_folded"), "pair", ["b_folded"], unique=False)

    op.create_table(
        "run",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("finished_at", UTC, nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_table(
        "source",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("spider", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_source")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("reversed", sa.Boolean(), nullable=False),
        sa.Column("city_b_resolved_by", sa.String(length=20), nullable=True),
        sa.Column("action", ACTION, nullable=False),
        sa.Column("stage", STAGE, nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("date_precision", DATE_PRECISION, nullable=False),
        sa.Column("earliest", sa.Date(), nullable=True),
        sa.Column("latest", sa.Date(), nullable=True),
        sa.Column("date_basis", DATE_BASIS, nullable=True),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("vote", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("background", sa.Boolean(), nullable=False),
        sa.Column("review", REVIEW, nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("updated_at", UTC, nullable=False),
        sa.Column("retracted_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_event_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_date"), "event", ["date"], unique=False)
    op.create_index(op.f("ix_event_pair_id"), "event", ["pair_id"], unique=False)

    op.create_table(
        "page_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("fetched_at", UTC, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("published_at", sa.Date(), nullable=True),
        sa.Column("date_source", DATE_SOURCE, nullable=True),
        sa.Column("date_precision", DATE_PRECISION, nullable=False),
        sa.Column("gated", sa.Boolean(), nullable=False),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("quality_reason", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("archive", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_page_version_page_id")),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_page_version_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_version")),
        sa.UniqueConstraint("page_id", "body_sha256", name=op.f("uq_page_version_page_id_body_sha256")),
    )
    op.create_index(op.f("ix_page_version_source"), "page_version", ["source"], unique=False)

    op.create_table(
        "run_stage",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("finished_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_stage_run_id")),
        sa.PrimaryKeyConstraint("run_id", "stage", name=op.f("pk_run_stage")),
    )
    op.create_table(
        "visit_count",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("outcome", OUTCOME, nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_visit_count_run_id")),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_visit_count_source")),
        sa.PrimaryKeyConstraint("run_id", "source", "outcome", name=op.f("pk_visit_count")),
    )
    op.create_table(
        "visit_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_visit_failure_run_id")),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_visit_failure_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_failure")),
    )
    op.create_index(op.f("ix_visit_failure_run_id"), "visit_failure", ["run_id"], unique=False)

    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("reader_version", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_reading_page_id")),
        sa.ForeignKeyConstraint(["version_id"], ["page_version.id"], name=op.f("fk_reading_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("version_id", "reader_version", name=op.f("uq_reading_version_id_reader_version")),
    )
    op.create_index(
        "uq_reading_current",
        "reading",
        ["page_id"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )

    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("action", ACTION, nullable=False),
        sa.Column("stage", STAGE, nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("date_precision", DATE_PRECISION, nullable=False),
        sa.Column("earliest", sa.Date(), nullable=True),
        sa.Column("latest", sa.Date(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("background", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("mention", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_mention_pair_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_mention_reading_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
    )
    op.create_index(op.f("ix_mention_pair_id"), "mention", ["pair_id"], unique=False)
    op.create_index(op.f("ix_mention_reading_id"), "mention", ["reading_id"], unique=False)

    op.create_table(
        "event_mention",
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_mention_event_id")),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mention.id"], name=op.f("fk_event_mention_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_event_mention")),
    )
    op.create_index(op.f("ix_event_mention_event_id"), "event_mention", ["event_id"], unique=False)
