"""Cards that come from elsewhere: what they become here, what of them is new, and writing them in one step."""
