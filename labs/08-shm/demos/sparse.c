/* SPDX-License-Identifier: MIT */
/*
 * A segment of 2 MB on a /dev/shm of 1 MB.
 *
 * ftruncate makes the file as long as one likes, and reserves nothing: the promise is broken
 * at the first touch, by SIGBUS. posix_fallocate takes the pages now, or says ENOSPC now.
 * The small /dev/shm is this program's own (a mount namespace); where that is not allowed,
 * it says so and shows the rest.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "/demo-sparse"
#define SIZE (2 << 20)

static void
write_to(const char *path, const char *format, unsigned id)
{
	FILE *file = fopen(path, "we");

	if (file) {
		fprintf(file, format, id, id);
		fclose(file);
	}
}

static bool
small_shm(void)
{
	unsigned uid = getuid(), gid = getgid();

	if (unshare(CLONE_NEWNS)) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
			return false;
		write_to("/proc/self/setgroups", "deny", 0);
		write_to("/proc/self/uid_map", "%u %u 1", uid);
		write_to("/proc/self/gid_map", "%u %u 1", gid);
	}
	return !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", "/dev/shm", "tmpfs", 0, "size=1m");
}

static void
show(int fd)
{
	struct stat stat;

	fstat(fd, &stat);
	printf("    its length is %ld KB, its memory %ld KB\n", (long)stat.st_size / 1024,
	    stat.st_blocks / 2);
	fflush(stdout);
}

/* In a child: write to every page, from the first to the last. */
static void
touch(int fd)
{
	int status;
	volatile int *reached =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (reached == MAP_FAILED)
		err(1, "mmap");
	pid_t pid = fork();
	if (pid == 0) {
		char *bytes = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (bytes == MAP_FAILED)
			err(1, "mmap");
		for (int i = 0; i < SIZE; i += 4096, *reached = i / 1024)
			bytes[i] = 1;
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("    a child that writes to it: SIG%s after %d KB\n",
		    sigabbrev_np(WTERMSIG(status)), *reached);
	else
		printf("    a child that writes to it: all %d KB, no harm\n", *reached);
	munmap((void *)reached, 4096);
}

static int
made(void)
{
	int fd = shm_open(NAME, O_CREAT | O_EXCL | O_RDWR, 0600);

	if (fd < 0)
		err(1, "%s", NAME);
	return fd;
}

int
main(void)
{
	if (!small_shm())
		printf("This user may not mount a small /dev/shm: here there is room for all.\n");
	printf("ftruncate to %d KB:\n", SIZE / 1024);
	int fd = made();
	if (ftruncate(fd, SIZE))
		err(1, "ftruncate");
	show(fd);
	touch(fd);
	show(fd);
	close(fd);
	shm_unlink(NAME);

	printf("\nposix_fallocate of %d KB:\n", SIZE / 1024);
	fd = made();
	int error = posix_fallocate(fd, 0, SIZE);
	printf("    it says: %s\n", error ? strerror(error) : "here they are");
	show(fd);
	close(fd);
	shm_unlink(NAME);
	return 0;
}
