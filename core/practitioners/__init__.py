"""Practitioners: persons known by real name and checked portrait."""
