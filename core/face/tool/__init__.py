"""The command ``zhiye-faces``: what engineers and operators measure the face part with, on photos and clips."""
