"""入口 sign-in, choice of post, language, health."""
