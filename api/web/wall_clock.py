"""How are a day and a time put into words? As NHS style writes them: 5pm, 5:30pm, Wednesday 6 August."""

from datetime import date, datetime


def moment(wall: datetime) -> str:
    """'Monday 23 November at 10:15am'."""
    return f"{day_words(wall)} at {time_words(wall)}"


def day_words(day: date) -> str:
    """'Monday 23 November'."""
    return f"{day:%A} {day.day} {day:%B}"


def time_words(wall: datetime) -> str:
    """'10:15am', or '5pm' on the hour."""
    minutes = f":{wall:%M}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes}{'am' if wall.hour < 12 else 'pm'}"
