# A bare Debian in a folder, for the two proofs. Sourced by scripts/prove_*, which must run as root.
# Packages come from the mirror that the host's apt uses, wheels from where the host's pip gets them.

# Everything is mounted in a namespace of its own, so that nothing stays mounted, however the script ends.
enter_namespace() {
  [ "$(id -u)" = 0 ] || fail "$(basename "$0"): only root can make a chroot"
  command -v debootstrap >/dev/null || fail "$(basename "$0"): debootstrap is missing: apt-get install -y debootstrap"
  [ -n "${TWINSET_IN_NAMESPACE:-}" ] || TWINSET_IN_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$@"
}

# make_chroot RELEASE FOLDER: a minimal system, fresh, with /proc and /dev.
make_chroot() {
  local release=$1 folder=$2 mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  say "$release, bare, in $folder"
  rm -rf --one-file-system "$folder"
  mkdir -p "$folder"
  debootstrap --variant=minbase "$release" "$folder" "$mirror" >"$folder.log" 2>&1 || fail "debootstrap failed, see $folder.log"
  cp -r /etc/apt/apt.conf.d/. "$folder/etc/apt/apt.conf.d/"
  cp -L /etc/resolv.conf /etc/hosts "$folder/etc/"
  cp "${PIP_CERT:-/etc/ssl/certs/ca-certificates.crt}" "$folder/etc/pip-certificates.crt"
  mount -t proc proc "$folder/proc"
  mount --rbind /dev "$folder/dev"
}

# in_chroot FOLDER COMMAND: in a clean environment, apart from the host's proxy settings.
in_chroot() {
  local folder=$1
  shift
  env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PIP_CERT=/etc/pip-certificates.crt \
    ${PIP_INDEX_URL:+PIP_INDEX_URL="$PIP_INDEX_URL"} ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    ${TWINSET_CUDA:+TWINSET_CUDA="$TWINSET_CUDA"} nice chroot "$folder" bash -euc "$*"
}
