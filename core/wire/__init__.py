"""What goes over the wire and into a journal: entries, signatures, sealed parts, trusted time, messages.
Pure.
"""
