# shellcheck shell=bash disable=SC2034
# Sourced by the scripts of e2e/: where everything lies, and the addresses of the local cluster.
# Safe under `set -eu`. Nothing here starts or writes anything.

# Everything that is built or kept: binaries, images, the cluster's state. Safe to delete while no cluster runs.
export STREAMJOB_CACHE=${STREAMJOB_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/streamjob}
STREAMJOB_BIN=$STREAMJOB_CACHE/bin            # kubectl and the other names of the node binary
STREAMJOB_IMAGES=$STREAMJOB_CACHE/images      # docker-archives
STREAMJOB_NODE=$STREAMJOB_CACHE/node          # state of the running cluster; replaced by every fresh start
STREAMJOB_KUBECONFIG=$STREAMJOB_NODE/kubeconfig
KUBECTL=$STREAMJOB_BIN/kubectl

# Network of the local cluster. Change these (in the environment) when they collide with networks of your machine.
CLUSTER_LINK_NET=${STREAMJOB_LINK_NET:-172.30.0}    # first three parts of the veth pair's /30
CLUSTER_POD_CIDR=${STREAMJOB_POD_CIDR:-10.244.0.0/20}
CLUSTER_SERVICE_NET=${STREAMJOB_SERVICE_NET:-10.96} # first two parts of the Services' /16
CLUSTER_HOST_IP=$CLUSTER_LINK_NET.1                 # our end, in the root network namespace
CLUSTER_NODE_IP=$CLUSTER_LINK_NET.2                 # the node's end
CLUSTER_SERVICE_CIDR=$CLUSTER_SERVICE_NET.0.0/16
CLUSTER_API_SERVICE_IP=$CLUSTER_SERVICE_NET.0.1
CLUSTER_DNS_IP=$CLUSTER_SERVICE_NET.0.10

# Names on this machine, the same for every cache: so a second cluster is noticed instead of half working.
CLUSTER_NETNS=streamjob-e2e
CLUSTER_LINK=sj-e2e0
CLUSTER_CGROUP=${STREAMJOB_CGROUP:-streamjob-e2e}
CLUSTER_NODE_NAME=node1
CLUSTER_PAUSE_IMAGE=localhost/streamjob/pause:1

# use_cluster: KUBECONFIG as it is in the environment (an existing cluster), else the local cluster's.
use_cluster() {
  export KUBECONFIG=${KUBECONFIG:-$STREAMJOB_KUBECONFIG}
  if [ "$KUBECONFIG" = "$STREAMJOB_KUBECONFIG" ] && [ ! -e "$KUBECONFIG" ]; then
    echo "error: no cluster: KUBECONFIG is not set and no local cluster runs; start one with e2e/cluster/up" >&2
    return 1
  fi
  # An existing cluster may be reached from a machine where the node binary was never built.
  [ -x "$KUBECTL" ] || KUBECTL=$(command -v kubectl) || { echo "error: no kubectl: run e2e/cluster/build, or install it" >&2; return 1; }
}

# cluster_pid: the process id of the node's first process, if it runs and is really ours. The id alone proves nothing: ids
# are reused, so the start time of the process must match the recorded one as well.
cluster_pid() {
  local pid started now
  read -r pid started 2>/dev/null <"$STREAMJOB_NODE/pid" || return 1
  now=$(process_start "$pid") || return 1
  [ -n "$started" ] && [ "$now" = "$started" ] && echo "$pid"
}

# process_start PID: boot id and start time of a process; fails if there is none (or only a dead one not yet reaped).
process_start() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The second field is the command in parentheses and may contain spaces: cut behind it.
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  [ "$1" != Z ] && [ "$1" != X ] && echo "$(cat /proc/sys/kernel/random/boot_id)/${20}"
}
