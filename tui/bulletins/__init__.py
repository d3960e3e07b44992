"""Bulletins as documents: words for their figures, then pages, text with marks, spreadsheets and charts."""
