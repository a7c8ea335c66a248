"""What pytest learns for this project, one file for each thing."""
