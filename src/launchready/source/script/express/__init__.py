"""Express: applications, routers, middleware, inputs."""
