"""What the API is: OpenAPI, Swagger and HAR become operations with purposes, objects and links."""
