#!/bin/bash
# Starts a process of Flink. Takes the arguments and the variables of the official image; unlike that one's, it neither
# writes below /opt/flink nor needs root, so it runs on a read-only root file system as any user.
set -eu

usage() {
  cat <<U
usage: jobmanager|taskmanager|standalone-job|history-server [ARGUMENT...], or any command

  JOB_MANAGER_RPC_ADDRESS            jobmanager.rpc.address
  TASK_MANAGER_NUMBER_OF_TASK_SLOTS  taskmanager.numberOfTaskSlots
  FLINK_PROPERTIES                   more settings, one 'key: value' in a line
  DISABLE_JEMALLOC=true              the C library's own allocator
U
}

# Settings become arguments, since the configuration may be mounted read-only. The last one of a key wins.
settings=()
[ -z "${JOB_MANAGER_RPC_ADDRESS:-}" ] || settings+=(-D "jobmanager.rpc.address=$JOB_MANAGER_RPC_ADDRESS")
[ -z "${TASK_MANAGER_NUMBER_OF_TASK_SLOTS:-}" ] ||
  settings+=(-D "taskmanager.numberOfTaskSlots=$TASK_MANAGER_NUMBER_OF_TASK_SLOTS")
while IFS= read -r line; do
  [[ $line =~ ^[[:space:]]*([^#[:space:]][^:]*):[[:space:]]+(.*[^[:space:]])[[:space:]]*$ ]] || continue
  settings+=(-D "${BASH_REMATCH[1]}=${BASH_REMATCH[2]}")
done <<<"${FLINK_PROPERTIES:-}"

allocator=$(echo /usr/lib/*/libjemalloc.so.2)
if [ "${DISABLE_JEMALLOC:-false}" != true ] && [ -e "$allocator" ]; then
  export LD_PRELOAD=${LD_PRELOAD:+$LD_PRELOAD:}$allocator
fi

command=${1:-help}
case $command in
  help | --help | -h) usage ;;
  jobmanager | taskmanager | standalone-job)
    shift
    exec "$FLINK_HOME/bin/$command.sh" start-foreground "${settings[@]}" "$@"
    ;;
  history-server)
    shift
    exec "$FLINK_HOME/bin/historyserver.sh" start-foreground "$@"
    ;;
  *) exec "$@" ;;
esac
