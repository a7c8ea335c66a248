"""Attachments: photos and documents, kept under the hash of what is stored."""
