"""The screens' ports, filled by the cache, the journal, the camera and the face engine."""
