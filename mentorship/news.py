"""What the people's side tells: its kinds of news (core.inbox)."""

from core import inbox

LINK = inbox.offer("link", "Mentors and apprentices: accepted, paused, completed, ended")
SESSION = inbox.offer("session", "Sessions: proposed, confirmed, moved, cancelled", mails=True)
SIGNING = inbox.offer("signing", "Sessions: signed, or changed after a signature")
NOTES = inbox.offer("notes", "Notes, agenda and actions of your meetings")
FEEDBACK = inbox.offer("feedback", "Reviews that are asked for, given and answered", mails=True)
MILESTONE = inbox.offer("milestone", "Milestones: handed in, returned, verified")
REMARK = inbox.offer("remark", "Remarks at a second of a piece: written, answered, fixed, heard")
NUDGE = inbox.offer("nudge", "Apprentices without movement, meetings without a signature")
TESTIMONIAL = inbox.offer("testimonial", "Testimonials: clients said yes, or took it back")
