"""The ministry's register of agencies and certified people (部局系统): asked before anybody may register."""
