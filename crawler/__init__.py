"""The web -> Page. Knows no NLP and no database."""
