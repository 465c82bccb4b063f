"""Django REST framework: routers, view sets, permissions, serializers."""
