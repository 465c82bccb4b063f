"""What the API is: descriptions (OpenAPI, Swagger, HAR) become operations with purposes, objects and links."""
