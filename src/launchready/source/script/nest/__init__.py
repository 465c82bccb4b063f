"""NestJS: modules, controllers, guards, inputs."""
