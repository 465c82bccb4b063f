"""FastAPI and Starlette: routes, dependencies, middleware, inputs."""
