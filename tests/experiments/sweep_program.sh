#!/usr/bin/env bash
# The program itself, from outside: sweep_program.sh PROGRAM. A pool of processes, crashes, kill -9 and --resume, Ctrl-C, two
# processes on one sweep, --detach and stop.
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export TWINSET_CONFIGS=$PWD/configs
mkdir "$folder/configs"
printf 'seed: 0\n' >"$folder/configs/config.yaml"
fail() { printf 'sweep_program: %s\n' "$@" >&2; cat "$folder"/*.out >&2; exit 1; }
sql() { python3 -c 'import sqlite3, sys
for row in sqlite3.connect(sys.argv[2] + "/manifest.sqlite").execute(sys.argv[1]): print(*row)' "$@"; }
states() { sql "SELECT state, count(*) FROM jobs GROUP BY state ORDER BY state" "$1" | tr '\n' ' '; }
expect() { [ "$2" = "$3" ] || fail "$1 is '$2', expected '$3'"; }
wait_until() { for _ in $(seq 600); do if eval "$1" 2>/dev/null; then return 0; fi; sleep 0.05; done; fail "waited in vain for: $1"; }
# Called with & it is the program itself that $! names.
sweep() { if [ "$BASHPID" != $$ ]; then exec "$program" sweep --config-path "$folder/configs" hydra.sweep.dir="$folder/$1" "${@:2}"; fi
  "$program" sweep --config-path "$folder/configs" hydra.sweep.dir="$folder/$1" "${@:2}"; }

# A job that crashes, one that exits, one that is killed: each is told, the others complete.
status=0
sweep crash launcher.num_parallel=2 'seed=range(8)' -- sh -c 'case $1 in seed=2) kill -SEGV $$;; seed=4) exit 9;; seed=6) kill -KILL $$;; esac' sh '{overrides}' \
  >"$folder/crash.out" 2>&1 || status=$?
expect "status of a sweep with crashes" $status 1
expect "states" "$(states "$folder/crash")" "complete 5 failed 3 "
sql "SELECT error FROM jobs WHERE state = 'failed' ORDER BY number" "$folder/crash" >"$folder/errors.out"
for part in 'signal 11' 'status 9' 'signal 9'; do grep -q "$part" "$folder/errors.out" || fail "no error tells of $part"; done

# kill -9 while jobs run, then --resume by two processes at once: every job completes, none runs twice at a time.
sweep killed launcher.num_parallel=2 'seed=range(30)' -- sh -c 'until [ -e "$0/../go" ]; do sleep 0.05; done; echo x >> "$0/ran"' '{folder}' >"$folder/killed.out" 2>&1 &
process=$!
wait_until '[ "$(states "$folder/killed")" = "pending 28 running 2 " ]'
kill -9 $process
wait $process || true
touch "$folder/killed/go"
"$program" sweep --resume "$folder/killed" >"$folder/resume_1.out" 2>&1 &
first=$!
"$program" sweep --resume "$folder/killed" >"$folder/resume_2.out" 2>&1 || fail "the second process failed"
wait $first || fail "the first process failed"
cat "$folder/resume_1.out" "$folder/resume_2.out" | grep -q '2 whose process died' || fail "--resume does not say what it found"
expect "states" "$(states "$folder/killed")" "complete 30 "
expect "jobs that ran more than once" "$(find "$folder/killed" -name ran -size +2c | wc -l)" 0

# Ctrl-C ends what runs; the sweep can be resumed.
sweep interrupted 'seed=range(3)' -- sh -c 'until [ -e "$0/../go" ]; do sleep 0.05; done' '{folder}' >"$folder/interrupted.out" 2>&1 &
process=$!
wait_until '[ "$(states "$folder/interrupted")" = "pending 2 running 1 " ]'
kill -INT $process
status=0
wait $process || status=$?
expect "status after Ctrl-C" $status 130
expect "states" "$(states "$folder/interrupted")" "interrupted 1 pending 2 "

# --detach returns at once; status and stop work from outside.
sweep detached --detach 'seed=range(3)' -- sh -c 'sleep 60' >"$folder/detached.out" 2>&1
wait_until '"$program" status "$folder/detached" | grep -q "0/3 done, 1 running"'
"$program" stop "$folder/detached" >>"$folder/detached.out" 2>&1
wait_until '[ "$(states "$folder/detached")" = "interrupted 1 pending 2 " ]'
