"""What the site publishes in addition to its pages."""
