"""The ground: knows nothing of lessons or mentors."""
