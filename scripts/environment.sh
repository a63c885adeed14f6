# What the scripts share: folders, compiler cache, number of jobs. Sourced, not run.
#   TWINSET_PREFIX  where scripts/setup puts what it downloads     (default: .deps in the checkout)
#   TWINSET_CUDA    AUTO (with a CUDA toolkit, if there is one), ON or OFF        (default: AUTO)
#   BUILD           the build folder                               (default: build in the checkout)
#   JOBS            compile jobs               (default: one a core, and 2 GiB of free memory each)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
prefix=${TWINSET_PREFIX:-$root/.deps}
build=${BUILD:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac
cuda=${TWINSET_CUDA:-AUTO}
export CCACHE_DIR=${CCACHE_DIR:-$prefix/ccache}
# Paths within the checkout count as relative, so that several checkouts share one cache.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root}

say() { printf '\033[1m==\033[0m %s\n' "$*"; }
# The first line says what is wrong, the others what to do.
fail() {
  printf 'error: %s\n' "$1" >&2
  shift
  [ $# = 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

find_nvcc() {
  [ "$cuda" != OFF ] || return 1
  PATH="$PATH:${CUDA_HOME:-/usr/local/cuda}/bin:/usr/local/cuda/bin" command -v nvcc
}

compile_jobs() {
  local cores by_memory
  cores=$(nproc)
  by_memory=$(awk '/MemAvailable/ {print int($2 / 2097152)}' /proc/meminfo)
  echo "${JOBS:-$((by_memory < 1 ? 1 : by_memory < cores ? by_memory : cores))}"
}
