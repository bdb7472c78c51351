/* SPDX-License-Identifier: MIT */
/*
 * replay FOLDER: give every file of a corpus to a fuzz target once, without libFuzzer.
 *
 * Each in a process of its own, so that one that crashes is one failure. Linked with one
 * harness/fuzz/NAME.c, under AddressSanitizer and UndefinedBehaviorSanitizer.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* As make fuzz does: who asks for so much has believed a length. */
const char *
__asan_default_options(void)
{
	return "max_allocation_size_mb=64";
}

static void
give(const char *path)
{
	struct stat status;
	FILE *file = fopen(path, "re");

	if (!file || fstat(fileno(file), &status))
		err(2, "%s", path);
	size_t size = (size_t)status.st_size;
	uint8_t *data = malloc(size ? size : 1);
	if (!data || fread(data, 1, size, file) != size)
		err(2, "%s", path);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static bool
survives(const char *path)
{
	int status;

	pid_t pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		give(path);
		exit(0); /* not _exit: leaks are looked for on the way out */
	}
	if (waitpid(pid, &status, 0) != pid)
		err(2, "waitpid");
	if (status)
		printf("FAIL  %s\n", path);
	fflush(stdout);
	return status == 0;
}

int
main(int argc, char **argv)
{
	unsigned passed = 0, failed = 0;
	struct dirent **entry;

	if (argc != 2)
		errx(2, "usage: replay FOLDER");
	int n = scandir(argv[1], &entry, NULL, alphasort);
	if (n < 0)
		err(2, "%s", argv[1]);
	for (int i = 0; i < n; i++) {
		char *path;
		if (asprintf(&path, "%s/%s", argv[1], entry[i]->d_name) < 0)
			err(2, "asprintf");
		if (entry[i]->d_name[0] != '.' && survives(path))
			passed++;
		else if (entry[i]->d_name[0] != '.')
			failed++;
		free(path);
		free(entry[i]);
	}
	free(entry);
	printf("%u passed, %u failed\n", passed, failed);
	return failed > 0 || passed == 0;
}
