"""What drafts share: how an edit made offline is merged, and the conflicts that it may leave."""
