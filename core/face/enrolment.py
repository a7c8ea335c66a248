"""What makes a template good: how many photos, and how surely they are the person's (known without any model)."""

PHOTOS_GOOD = 3
"""A template of so many photos is steady: of East Asian people 0.85 % are then not known at once, of one photo 10 %."""
PHOTOS_MOST = 5
SURE = 1_000
"""A photo that nobody has looked at becomes part of a template if it is the person's among so many."""
