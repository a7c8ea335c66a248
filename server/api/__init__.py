"""The API for programs, under /api/v1: JSON in and out, problems as problem+json."""
