"""Cameras: a device, a video file or a folder of pictures, and one worker that keeps only the newest frame."""
