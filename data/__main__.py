"""The command line: `python -m data COMMAND`. Parse, one domain call, print.

Exit status 0 when done, 1 with one line on stderr when it cannot be done, 2 when the command line itself is wrong.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from data.commands import accesses, arguments, imports, init, output, people, reading, rights, work
from data.commands.arguments import UsageError
from data.errors import Error

COMMANDS = (init, people, imports, reading, accesses, rights, work)
BROKEN_PIPE = 128 + signal.SIGPIPE
INTERRUPTED = 128 + signal.SIGINT


def parser() -> arguments.Parser:
    """The whole command line."""
    found = arguments.Parser(prog="python -m data", description="Daylight's command line.", allow_abbrev=False)
    arguments.add_everywhere(found)
    commands: arguments.Commands = found.add_subparsers(metavar="COMMAND", required=True, parser_class=arguments.Parser)
    for module in COMMANDS:
        module.add(commands)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        args = parser().parse_args(argv)
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
    except SQLAlchemyError as error:
        output.failed(f"The database refused: {_first_line(error)}. Nothing of this command was kept.")
        return 1
    except OSError as error:
        output.failed(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
        return 1
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        output.failed(
            f"This should not happen: {type(error).__name__} at {last.filename}:{last.lineno}; please report it."
        )
        return 1
    return 0


def _first_line(error: SQLAlchemyError) -> str:
    """The driver's sentence without the statement and its values, which may hold somebody's data."""
    cause = getattr(error, "orig", None) or type(error).__name__
    return str(cause).partition("\n")[0]


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        # A terminal or pipe of another encoding gets escapes instead of an error.
        stream.reconfigure(errors="backslashreplace")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] (both are TextIOWrappers here)
    sys.exit(main())
