"""`make run`: the whole system on this machine, from nothing, until Ctrl-C.

Starts the embedded database, brings it up to date, gives it the demo company, and keeps web server, worker and beat
running. Whatever ends this program (Ctrl-C, a closed terminal, kill, one of them falling over) ends them all.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import quote

from kam import translations
from kam.embedded import EmbeddedServerError, provide
from kam.lib.finnish_words import has_dictionary

BASE_DIR = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 20
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PANGO = (
    "The library Pango is missing, PDF files need it: on Debian and Ubuntu run "
    "`apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`, on macOS `brew install pango`."
)
VOIKKO = (
    "The search does without its Finnish dictionary and knows fewer forms of words: on Debian and Ubuntu run "
    "`apt-get install libvoikko1 voikko-fi`, on macOS `brew install libvoikko`, then `manage.py reindex`."
)


class StopAskedError(BaseException):
    """Somebody wants all of it to end; not an Exception, so that nothing on the way takes it for a fault."""


class CannotRunError(Exception):
    """One sentence that says what to do."""


@dataclass(frozen=True)
class Child:
    name: str
    process: "subprocess.Popen[bytes]"
    log: Path


def main() -> int:
    for each in SIGNALS:
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:  # nohup wants it to go on
            signal.signal(each, ask_to_stop)
    port = int(os.environ.get("PORT", "8000"))
    children: list[Child] = []
    try:
        check_machine(port)
        var = prepare_environment(port)
        say("Starting the database")
        provide()
        translations.compile_all()
        manage("migrate", "--verbosity", "0")
        start_web(port, var, children)
        say("Seeing to the demo company")
        people = manage("demo")
        start_background(var, children)
        wait_for_health(port, children)
        print(f"\n{people}\n{where(port, var)}", flush=True)  # noqa: T201  this is a program for people
        watch(children)
    except StopAskedError:
        say("Stopping.")
    except (CannotRunError, EmbeddedServerError) as error:
        say(str(error))
        return 1
    finally:
        ignore_signals()
        stop_all(children)
    return 0


def ask_to_stop(sign: int, frame: FrameType | None) -> NoReturn:
    """Stop at the first signal and let nothing disturb the stopping: make passes on what the terminal sent as well."""
    ignore_signals()
    raise StopAskedError


def ignore_signals() -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def say(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(text, file=sys.stderr, flush=True)  # noqa: T201


def check_machine(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CannotRunError(
                f"Port {port} is taken by another program: stop it, or choose another with `PORT={port + 1} make run`."
            ) from None
    try:
        import weasyprint  # noqa: F401  its import loads the system's libraries
    except OSError:
        raise CannotRunError(PANGO) from None
    if not has_dictionary():
        say(VOIKKO)


def prepare_environment(port: int) -> Path:
    """Set what the system reads from the environment here; whatever is set already stands."""
    var = Path(os.environ.get("VAR_DIR", BASE_DIR / "var")).resolve()
    for name in ("log", "mail", "media", "static"):
        (var / name).mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("EMAIL_URL", f"filemail:///{quote(str(var / 'mail'))}")
    os.environ["PYTHONUNBUFFERED"] = "1"
    return var


def manage(*arguments: str) -> str:
    """Run a management command and return what it printed; a failure ends the start with the command's own words."""
    command = [sys.executable, "manage.py", *arguments]
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=BASE_DIR,
        env={"LOG_LEVEL": "WARNING", **os.environ},
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=die_with_parent,
        text=True,
    )
    try:
        output, _ = process.communicate()
    except StopAskedError:
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        raise CannotRunError(f"`manage.py {' '.join(arguments)}` failed: its last words stand above.")
    return output.strip()


def start_web(port: int, var: Path, children: list[Child]) -> None:
    web = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
    start("web server", [*web, "--workers", "2", "kam.wsgi:application"], var / "log" / "web.log", children)


def start_background(var: Path, children: list[Child]) -> None:
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "kam"]
    start("worker", [*celery, "worker"], var / "log" / "worker.log", children)
    start("beat", [*celery, "beat", "--pidfile="], var / "log" / "beat.log", children)


def start(name: str, command: Sequence[str], log: Path, children: list[Child]) -> None:
    """Start a child in a session of its own, so that the terminal's Ctrl-C reaches it through us only."""
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    children.append(Child(name, process, log))


def die_with_parent() -> None:
    """Ask Linux to end this child even if its parent is killed without a chance to; elsewhere there is no such wish."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)


def wait_for_health(port: int, children: list[Child]) -> None:
    until = time.monotonic() + START_SECONDS
    while not healthy(port):
        raise_if_ended(children)
        if time.monotonic() > until:
            raise CannotRunError(f"The web server did not answer within {START_SECONDS} s: see {children[0].log}.")
        time.sleep(0.1)


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def where(port: int, var: Path) -> str:
    return (
        f"Open http://127.0.0.1:{port}/  (Ctrl-C stops everything)\n"
        f"Mail that would be sent lies in {var / 'mail'}, logs in {var / 'log'}."
    )


def watch(children: list[Child]) -> None:
    while True:
        raise_if_ended(children)
        time.sleep(0.3)


def raise_if_ended(children: list[Child]) -> None:
    for child in children:
        code = child.process.poll()
        if code is not None:
            last = "\n".join(child.log.read_text(errors="replace").strip().splitlines()[-20:])
            raise CannotRunError(f"{last}\nThe {child.name} ended by itself (status {code}), so all of it stops.")


def stop_all(children: list[Child]) -> None:
    """End every child: asked first, and their whole groups by force when they take too long."""
    ask_children(children, lambda child: child.process.terminate())
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"The {child.name} does not end by itself: ending it by force.")
    ask_children(children, lambda child: os.killpg(child.process.pid, signal.SIGKILL))
    for child in children:
        child.process.wait()


def ask_children(children: list[Child], ask: Callable[[Child], None]) -> None:
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            ask(child)


if __name__ == "__main__":
    sys.exit(main())
