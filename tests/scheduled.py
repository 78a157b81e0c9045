"""What a system makes of a line of its table."""


def as_cron_hands_it_on(line: str) -> str:
    """The command of a crontab line as cron gives it to sh: the loop of Vixie cron's do_command.c."""
    command = line.split(" ", 5)[5]
    given = ""
    is_escaped = False
    for char in command:
        if is_escaped:
            given = given[:-1] + char if char == "%" else given + char
            is_escaped = False
            continue
        assert char != "%", "cron would end the command here"
        given += char
        is_escaped = char == "\\"
    return given
