"""Runs a command on a pseudo-terminal and prints what it writes there.

usage: terminal.py ROWS COLUMNS TYPED AFTER -- COMMAND...

TYPED is typed once AFTER has been printed (at once where AFTER is empty). The exit code is the command's, or 128 and the number of
the signal that ended it; 99 where it has not ended after a minute.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

rows, columns, typed, after = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode(), sys.argv[4].encode()
command = sys.argv[6:]
ready, start = os.pipe()
started, starting = os.pipe()  # Closed when the command begins.
child, terminal = pty.fork()
if child == 0:
    # Whoever runs the tests may have ^C ignored, or blocked.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    # The size is set before the program asks for it.
    os.read(ready, 1)
    os.execvp(command[0], command)
settings = termios.tcgetattr(terminal)
settings[3] &= ~termios.ECHO
settings[1] &= ~termios.OPOST
termios.tcsetattr(terminal, termios.TCSANOW, settings)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
os.write(start, b"x")
os.close(starting)
os.read(started, 1)
output = b""
deadline = time.monotonic() + 60
while True:
    if typed and after in output:
        os.write(terminal, typed)
        typed = b""
    if time.monotonic() > deadline:
        os.kill(child, 9)
        sys.stdout.buffer.write(output)
        sys.exit(99)
    if not select.select([terminal], [], [], 0.5)[0]:
        continue
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    output += part
status = os.waitpid(child, 0)[1]
sys.stdout.buffer.write(output)
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
