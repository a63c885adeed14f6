#!/usr/bin/env python3
"""Tab completion in real shells: shell_completion.py PROGRAM. Types words and a tab into bash, zsh and fish, each at a terminal of
its own, runs the completed line behind `echo`, and reads what it says. A shell that is not installed is skipped."""
import os, pty, re, select, shutil, signal, sys, tempfile, time

CASES = [("loss=sigm", "loss=sigmoid"), ("trainer.num_st", "trainer.num_steps="), ("--multi", "--multirun"), ("hydra.run.d", "hydra.run.dir="),
         ("hydra/job_logging=non", "hydra/job_logging=none"), ("loss=info_nce,sigm", "loss=info_nce,sigmoid"), ("evaluation.select=be", "evaluation.select=best")]
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], ['eval "$(twinset -sc install=bash)"']),
    "zsh": (["zsh", "-f", "-i"], ["bindkey -e", "unsetopt zle_bracketed_paste", "autoload -Uz compinit", "compinit -u -D", 'eval "$(twinset -sc install=zsh)"']),
}


class Terminal:
    def __init__(self, command, folder):
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="dumb", PS1="> ", HOME=folder, INPUTRC="/dev/null", COLUMNS="200", LINES="50")
            os.execvp(command[0], command)

    def send(self, text):
        os.write(self.file, text.encode())

    def expect(self, pattern, seconds=120):
        """Reads until the pattern stands in what was said; the text, or None at the end of the time."""
        said, end = "", time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    said += os.read(self.file, 65536).decode(errors="replace")
                except OSError:
                    break
                if re.search(pattern, said):
                    return said
        self.said = said
        return None

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.file)


def check_interactive(shell, folder):
    command, setup = SHELLS[shell]
    terminal = Terminal(command, folder)
    failures = []
    try:
        for line in setup:
            terminal.send(line + "\n")
        terminal.send("echo rea''dy\n")
        if not terminal.expect("ready"):
            return [f"{shell}: did not start: {terminal.said}"]
        for typed, wanted in CASES:
            # Ctrl-A goes to the line's begin: the completed line is printed, not run.
            terminal.send(f"twinset train {typed}\t")
            terminal.send("\x01echo 'said:' \x05\n")
            if not terminal.expect(r"[\r\n]said: twinset train " + re.escape(wanted) + r"\s"):
                failures.append(f"{shell}: '{typed}' did not become '{wanted}': {terminal.said[-400:]!r}")
    finally:
        terminal.close()
    return failures


def check_fish(folder):
    import subprocess
    failures = []
    for typed, wanted in CASES:
        script = f"twinset -sc install=fish | source; complete -C 'twinset train {typed}'"
        said = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, env={**os.environ, "HOME": folder}).stdout
        if wanted not in [line.split("\t")[0] for line in said.splitlines()]:
            failures.append(f"fish: '{typed}' did not become '{wanted}': {said!r}")
    return failures


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.environ["PATH"] = os.path.dirname(os.path.abspath(sys.argv[1])) + ":" + os.environ["PATH"]
    failures, tested = [], []
    with tempfile.TemporaryDirectory() as folder:
        for shell in ("bash", "zsh", "fish"):
            if shutil.which(shell) is None:
                print(f"{shell}: not installed, skipped")
                continue
            failures += check_fish(folder) if shell == "fish" else check_interactive(shell, folder)
            tested.append(shell)
    print("\n".join(failures) or f"{len(CASES)} completions each in {', '.join(tested)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
