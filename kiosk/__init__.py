"""What stands at the site: a face, a place and a time become the beginning and the end of a visit."""
