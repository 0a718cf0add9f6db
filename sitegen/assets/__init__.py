"""Style sheets, scripts and pictures of the site."""
