"""The pages of mentors and apprentices."""
