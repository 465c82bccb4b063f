"""django-ninja: operations and routers."""
