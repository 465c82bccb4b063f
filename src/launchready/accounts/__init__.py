"""Who acts: sign-up, login, sessions, recorded and configured logins."""
