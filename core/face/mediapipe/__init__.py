"""MediaPipe itself as the landmark finder, from the extra ``mediapipe``; nothing here is loaded unless chosen."""
