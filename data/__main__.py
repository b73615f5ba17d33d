"""The command line: `python -m data COMMAND`. Parse, one domain call, print.

Exit status 0 when done, 1 with one line on stderr when it cannot be done, 2 when the command line itself is wrong.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence

from data.commands import COMMANDS, arguments, output
from data.commands.arguments import UsageError
from data.errors import Error

BROKEN_PIPE = 128 + signal.SIGPIPE
INTERRUPTED = 128 + signal.SIGINT


def parser(words: Sequence[str]) -> arguments.Parser:
    """The command line, with all that belongs to those commands whose names are among `words`."""
    found = arguments.Parser(prog="python -m data", description="Daylight's command line.", allow_abbrev=False)
    arguments.add_everywhere(found)
    commands: arguments.Commands = found.add_subparsers(metavar="COMMAND", required=True, parser_class=arguments.Parser)
    modules = {COMMANDS[word].module for word in words if word in COMMANDS}
    added: set[str] = set()
    for name, command in COMMANDS.items():
        if command.module not in modules:
            commands.add_parser(name, help=command.help)
        elif command.module not in added:
            added.add(command.module)
            importlib.import_module(f"data.commands.{command.module}").add(commands)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = sys.argv[1:] if argv is None else argv
    try:
        args = parser(words).parse_args(words)
        args.run(args)
        sys.stdout.flush()
    except UsageError as error:
        output.failed(str(error))
        return 2
    except BrokenPipeError:
        # Whoever read has gone; the interpreter would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Error as error:
        output.failed(str(error))
        return 1
    except OSError as error:
        output.failed(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
        return 1
    except Exception as error:
        if refusal := _refused_by_the_database(error):
            output.failed(f"The database refused: {refusal}. Nothing of this command was kept.")
            return 1
        last = traceback.extract_tb(error.__traceback__)[-1]
        output.failed(
            f"This should not happen: {type(error).__name__} at {last.filename}:{last.lineno}; please report it."
        )
        return 1
    return 0


def _refused_by_the_database(error: Exception) -> str | None:
    """The driver's sentence without the statement and its values, which may hold somebody's data; None when this is
    another error."""
    from sqlalchemy.exc import SQLAlchemyError  # here, because a command that opens no store loads no database

    if not isinstance(error, SQLAlchemyError):
        return None
    cause = getattr(error, "orig", None) or type(error).__name__
    return str(cause).partition("\n")[0]


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        # A terminal or pipe of another encoding gets escapes instead of an error.
        stream.reconfigure(errors="backslashreplace")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] (both are TextIOWrappers here)
    sys.exit(main())
