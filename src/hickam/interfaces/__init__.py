"""Ways in and out: parse, call a service, render."""
