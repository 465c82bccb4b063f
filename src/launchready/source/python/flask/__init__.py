"""Flask and its extensions: blueprints, views, guards, inputs."""
