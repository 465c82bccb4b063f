"""Next.js: route handlers, API routes, server actions, middleware."""
