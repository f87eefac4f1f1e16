#!/bin/sh
# Installs a Debian package into a minimal system and starts the program there, as root of a namespace of its own:
#   start_in_chroot.sh BASE.tar PACKAGE.deb PLACE DISPLAY
# The status is the program's. PLACE, a directory, is emptied before and afterwards; mounts end with the namespace.
set -eu
base=$1 deb=$2 place=$3 display=$4

clean() {
    umount "$place"/dev/* "$place/proc" 2>/dev/null || true
    # Stops at other file systems, should a mount be left.
    find "$place" -xdev -mindepth 1 -delete
}
trap clean EXIT

clean
tar --extract --file="$base" --directory="$place" --exclude='./dev/*'
# The devices one by one: made anew, they would need more rights than a user namespace has.
for device in null zero full random urandom tty; do
    touch "$place/dev/$device"
    mount --bind "/dev/$device" "$place/dev/$device"
done
mount -t proc proc "$place/proc"
cp "$deb" "$place/tmp/"

# Only what the package asks for; all of it was downloaded before. Need not survive a crash of the machine.
chroot "$place" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends \
    -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io "/tmp/${deb##*/}"

# As a person, with nothing but a home. Ten seconds of the sine job.
chroot "$place" useradd --create-home person
status=0
chroot "$place" setpriv --reuid=person --regid=person --clear-groups env --ignore-environment \
    HOME=/home/person PATH=/usr/bin:/bin LANG=C.UTF-8 DISPLAY="$display" \
    sh -c 'cd && exec timeout 120 /usr/bin/kymograph sine --autostart --quit-when-done --save figure.png \
        --iterations 100 --worker-ms 100 --receiver-iterations 100 --receiver-ms 100' || status=$?
echo
# A line for the test, if there is a figure.
if [ -s "$place/home/person/figure.png" ]; then echo "FIGURE saved"; fi
exit "$status"
