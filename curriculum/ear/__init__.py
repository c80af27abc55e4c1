"""Questions to the ear: what is asked, what an answer is worth, how hard the next one is."""
