"""Django: settings, URLs, views and what guards them."""
