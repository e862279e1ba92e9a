"""Runs a program and ends all that came of it once standard input closes: however the test that holds it open ends.

Whatever leaves the program's group, is stopped, hides its environment or is started by a bus stays below this process, which
takes in orphans (PR_SET_CHILD_SUBREAPER). File descriptor 3 is told the program's process id, or why it cannot be started, and
later how it ended: its status or minus a signal, and its last words, as JSON.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading

REPORT = 3
LAST_WORDS = 2_000
SET_CHILD_SUBREAPER = 36


def below(top):
    """Every process that descends from one."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as stat:
                parent = int(stat.read().rpartition(b")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
    found = list(children.get(top, []))
    for process in found:
        found.extend(children.get(process, []))
    return found


def reap(program, complaints):
    while True:
        try:
            process, status = os.wait()
        except ChildProcessError:
            return
        if process == program:
            complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - LAST_WORDS))
            words = complaints.read().decode(errors="replace")
            tell(json.dumps({"status": os.waitstatus_to_exitcode(status), "words": words}))


def tell(what):
    try:
        os.write(REPORT, f"{what}\n".encode())
    except OSError:
        pass  # Nobody listens any more; the closed input says so too.


ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
complaints = tempfile.TemporaryFile()
try:
    # Kept: what is let go of would be waited for, and its end missed here.
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stderr=complaints, start_new_session=True)
except OSError as error:
    tell(error)
    sys.exit(1)
tell(program.pid)
reaper = threading.Thread(target=reap, args=[program.pid, complaints], daemon=True)
reaper.start()
os.close(1)
while os.read(0, 4096):
    pass
while reaper.is_alive():
    for process in below(os.getpid()):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass
    reaper.join(0.02)
os._exit(0)
