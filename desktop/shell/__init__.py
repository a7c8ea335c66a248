"""The frame around every screen: navigation, search, sync light, message bar."""
