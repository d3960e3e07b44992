"""What crosses the store's border: drafts in, views out, both frozen and checked."""
