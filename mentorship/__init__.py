"""The side of people: mentors and apprentices, sessions, pieces and milestones."""
