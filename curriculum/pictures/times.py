"""Beats as marks over time, one line for each sound: what a tempo looks like."""

from collections.abc import Sequence

from markupsafe import Markup

from curriculum.pictures import Picture

WIDE, LEFT, ROW, FOOT = 420, 30, 30, 22
MOST_TOLD = 8  # beats


def draw(beats: Sequence[tuple[str, Sequence[float]]]) -> Picture:
    """beats: (name of the sound, "" for the only one; the seconds of its beats)."""
    length = max(times[-1] for _, times in beats) + 0.2
    said = "Beats over time. " + " ".join(_told(name, times) for name, times in beats)
    parts = []
    for number, (name, times) in enumerate(beats):
        y = 6 + number * ROW
        text = '<text x="{}" y="{}" text-anchor="end" stroke="none">{}</text>'
        parts.append(Markup(text).format(LEFT - 8, y + 16, name))
        parts.append(Markup('<path d="M{} {}H{}" opacity="0.35"/>').format(LEFT, y + 12, WIDE))
        for time in times:
            x = round(LEFT + (WIDE - LEFT) * time / length, 2)
            parts.append(Markup('<path class="beat" d="M{} {}v16" stroke-width="2.5"/>').format(x, y + 4))
    foot = 6 + len(beats) * ROW + 14
    for second in range(int(length) + 1):
        x = round(LEFT + (WIDE - LEFT) * second / length, 2)
        parts.append(Markup('<text x="{}" y="{}" stroke="none">{} s</text>').format(x, foot, second))
    tall = 6 + len(beats) * ROW + FOOT
    head = '<svg viewBox="0 0 {} {}" width="{}em" height="{}em" role="img"><title>{}</title>'
    head += '<g fill="currentColor" stroke="currentColor" font-size="12">{}</g></svg>'
    made = Markup(head).format(WIDE, tall, WIDE / 16, tall / 16, said, Markup("").join(parts))
    return Picture(made, said, _table(beats))


def _told(name: str, times: Sequence[float]) -> str:
    lead = f"{name}: beats" if name else "Beats"
    some = ", ".join(f"{time:.2f}" for time in times[:MOST_TOLD])
    return f"{lead} at {some} s{' and so on' if len(times) > MOST_TOLD else ''}."


def _table(beats: Sequence[tuple[str, Sequence[float]]]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    head = ("Beat", *(f"{name}, s" if name else "s" for name, _ in beats))
    count = max(len(times) for _, times in beats)
    return head, tuple(
        (str(number + 1), *(f"{times[number]:.2f}" if number < len(times) else "–" for _, times in beats))
        for number in range(count)
    )
