"""Text -> TieMention. Knows no crawler and no database."""
