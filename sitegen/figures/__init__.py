"""Draw Matplotlib figures for light and dark pages."""
