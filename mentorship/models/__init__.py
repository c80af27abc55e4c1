"""Tables of the people's side. What belongs to a pair lies under the apprentice's id, first in every key."""
