"""Who stands in front of the camera, and is he alive: models behind small interfaces, everything else pure."""
