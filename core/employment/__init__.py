"""Employment: who works for which agency, from when until when."""
