"""Page, TieMention -> events. Knows those two records and nothing else of crawler and nlp."""
