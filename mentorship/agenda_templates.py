"""Agendas to begin with."""

TEMPLATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "first": (
        "First meeting",
        (
            "Who are we, and what do we each hope to get out of this?",
            "Listen to one piece together: what is already good in it?",
            "Where should you be in three months? One sentence each.",
            "How often do we meet, how long, and what happens when one cannot come?",
            "How do you like to be told that something does not work yet?",
            "One small thing to do before we meet again",
        ),
    ),
    "regular": (
        "Regular meeting",
        (
            "What went well since last time, and what got stuck?",
            "What was promised: kept, moved or dropped?",
            "Listen to the newest version together",
            "One thing to learn until next time",
            "Who does what, and by when?",
        ),
    ),
    "mix": (
        "Mix review",
        (
            "Listen once without stopping: what is the song about, and does the mix serve it?",
            "Balance: what is too loud, what is missed?",
            "Low end, on speakers and on headphones",
            "Depth and width: what stands in front, what behind?",
            "Beside one reference at the same loudness",
            "The three changes that matter most for the next version",
        ),
    ),
    "milestone": (
        "Milestone review",
        (
            "Go through the criteria one by one: met, or what is missing?",
            "Listen to or read the evidence together",
            "Both mark the rubric, then compare: where do we differ, and why?",
            "Verify it, or say in one sentence what is missing",
            "Which milestone comes next, and what is its first step?",
        ),
    ),
}  # name -> (its words, its lines)
