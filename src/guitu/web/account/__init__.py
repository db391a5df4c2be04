"""我的账号 One's own account: sessions, sign-in history, password, second factor."""
