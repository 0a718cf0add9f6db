"""Programs on this machine, and how to call them."""
