#!/bin/busybox sh
# The first process of a guest: mounts what a Debian machine has mounted, then runs the programs of /vivarium/programs
# in their order, with a mark where each starts and ends.
#
# The kernel's messages go to ttyS0. The programs' standard output goes to ttyS1 with the marks between, so that the
# two cannot be seen in another order than they were written in; what a program keeps apart as errors goes to ttyS2.
# The kernel's command line gives VIVARIUM_GUEST_MARK, which no program knows, and VIVARIUM_GUEST_LIMIT in seconds.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root TERM=dumb
mark=$VIVARIUM_GUEST_MARK limit=$VIVARIUM_GUEST_LIMIT
unset VIVARIUM_GUEST_MARK VIVARIUM_GUEST_LIMIT

mount -t proc proc /proc
mount -t sysfs sysfs /sys
[ -c /dev/null ] || mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t securityfs securityfs /sys/kernel/security
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ln -sfn /proc/self/fd /dev/fd
for module in /lib/modules/"$(uname -r)"/*.ko; do
	insmod "$module"
done
hostname guest
ip link set lo up
ulimit -n 65536
ulimit -l unlimited

# An image that was made without root's rights belongs to whoever made it.
find / -xdev ! -user 0 -exec chown -h 0:0 {} +
chown 1000:1000 /home/user
chmod 1777 /tmp /var/tmp

# Opened here, where they become no one's controlling terminal.
exec </dev/null >/dev/ttyS1 2>/dev/ttyS0 4>/dev/ttyS2
stty -F /dev/ttyS1 raw -echo
stty -F /dev/ttyS2 raw -echo

# A serial port may lose what it is given on a busy machine, so each mark is written twice, under one number.
number=0
say() {
	number=$((number + 1))
	for _ in once twice; do
		printf '\036%s %s %s\n' "$mark" "$number" "$*"
	done
}

say ready
for program in /vivarium/programs/*; do
	say started
	setsid timeout -s KILL "$limit" sh "$program"
	status=$?
	# Nothing of one program is left to disturb the next.
	kill -KILL -1
	# Setting a terminal waits until all that was written to it is sent.
	stty -F /dev/ttyS2 raw -echo
	say ended "$status"
done
say done
stty -F /dev/ttyS1 raw -echo
poweroff -f
