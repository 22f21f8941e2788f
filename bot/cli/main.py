"""The command `wardroom`: every subcommand, and how its errors become words and exit codes.

What was asked for goes to stdout, everything else to stderr. Exit codes: 0 fine, 1 it did not work, 2 the
configuration or the command line is wrong.
"""

import sys
from collections.abc import Sequence

import typer

from bot.cli import (
    audit,
    chat,
    check,
    config,
    db,
    demo,
    importing,
    incident,
    init,
    mcp,
    policy,
    run,
    runbook,
    slack,
    token,
    totp,
)
from core.errors import ConfigError, WardroomError

app = typer.Typer(
    name="wardroom",
    help="Approvals, runbooks and incidents in chat. Try it without any account: wardroom demo",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(init.init)
app.command()(check.check)
app.command()(run.run)
app.command()(demo.demo)
app.command()(chat.chat)
app.command()(mcp.mcp)
app.add_typer(config.app, name="config")
app.add_typer(token.app, name="token")
app.add_typer(totp.app, name="totp")
app.add_typer(db.app, name="db")
app.add_typer(audit.app, name="audit")
app.add_typer(policy.app, name="policy")
app.add_typer(incident.app, name="incident")
app.add_typer(runbook.app, name="runbook")
app.add_typer(slack.app, name="slack")
app.add_typer(importing.app, name="import")


@app.command()
def version() -> None:
    """Say which version this is."""
    from importlib.metadata import version as installed

    print(installed("wardroom-chatops"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    try:
        app(arguments if arguments is None else list(arguments))
    except ConfigError as error:
        print(error, file=sys.stderr)
        count = len(error.problems)
        if count > 1:
            print(f"{count} mistakes; nothing was started.", file=sys.stderr)
        sys.exit(2)
    except WardroomError as error:
        print(f"wardroom: {error.sentence()}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    main()
