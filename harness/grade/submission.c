/* SPDX-License-Identifier: MIT */
/*
 * What was handed in: looked at, copied, never written to.
 *
 * Only the C files and headers of stage folders are copied, and only plain files: a link
 * could point at the solution, a device never ends. The copy lies under the name the
 * student knows it by, so the compiler's messages need no translation.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mp/io.h>

#include "grade/grade.h"

#define LARGEST_FILE (1 << 20)
#define MOST_FILES   64

static bool
is_source(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && name[0] != '.' && (!strcmp(dot, ".c") || !strcmp(dot, ".h"));
}

/* Is there something of that name? A link counts, so that it can be refused. */
static bool
has_entry(const char *parent, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	return kit_path(path, sizeof(path), "%s/%s", parent, name) && lstat(path, &st) == 0;
}

/* Read a whole file; NULL and a message if it is not one of the kind we take. */
static char *
take(const char *path, const char *shown, size_t *size, int *code, char *message)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	*code = 2;
	if (fd < 0) {
		grade_fail(message, 2, "%s: %s", shown,
		    errno == ELOOP ? "it is a symbolic link; hand in the file itself"
				   : strerror(errno));
		return NULL;
	}
	char *text = NULL;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		grade_fail(message, 2, "%s: it is not a plain file", shown);
	else if (st.st_size > LARGEST_FILE)
		grade_fail(message, 2, "%s: %lld bytes; a source file has at most %d", shown,
		    (long long)st.st_size, LARGEST_FILE);
	else if ((text = calloc(1, (size_t)st.st_size + 1))) {
		ssize_t n = mp_read_all(fd, text, (size_t)st.st_size);
		*size = n > 0 ? (size_t)n : 0;
	}
	mp_close(&fd);
	return text;
}

static int
copy_file(const char *from, const char *to, const char *shown, bool *unfinished, char *message)
{
	size_t size;
	int code;
	char *text = take(from, shown, &size, &code, message);

	if (!text)
		return code;
	*unfinished |= memmem(text, size, "mp_todo(", strlen("mp_todo(")) != NULL;
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	code = fd < 0 || mp_write_all(fd, text, size) ? 3 : 0;
	if (code)
		grade_fail(message, 3, "%s: %s", to, strerror(errno));
	mp_close(&fd);
	free(text);
	return code;
}

static int
copy_stage(struct plan_stage *stage, const char *from, const char *below, const char *to,
    const char *shown, char *message)
{
	char source[PATH_MAX], copy[PATH_MAX], name[PATH_MAX];
	/* Only of a folder in the submission: the way to the submission itself may be a link. */
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (*below ? O_NOFOLLOW : 0);
	int fd = open(from, flags), code = 0, files = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		return grade_fail(message, 2, "%s: %s", shown,
		    errno == ELOOP || errno == ENOTDIR
			? "it is not a folder; hand in the folder itself, no link to one"
			: strerror(errno));
	for (struct dirent *entry; !code && (entry = readdir(dir));) {
		if (!is_source(entry->d_name))
			continue;
		if (++files > MOST_FILES)
			code = grade_fail(
			    message, 2, "%s: more than %d source files", shown, MOST_FILES);
		else if (!kit_path(source, sizeof(source), "%s/%s", from, entry->d_name) ||
			 !kit_path(copy, sizeof(copy), "%s/%s", to, entry->d_name) ||
			 !kit_path(name, sizeof(name), "%s/%s", shown, entry->d_name))
			code = grade_fail(message, 2, "%s: a path is too long", shown);
		else
			code = copy_file(source, copy, name, &stage->unfinished, message);
	}
	closedir(dir);
	stage->present = files > 0;
	return code;
}

/* Does the folder hold a file that the kit's folder of this stage holds, too? */
static bool
looks_like(const char *folder, const char *stage)
{
	char labs[PATH_MAX], path[PATH_MAX];
	bool found = false;

	kit_path(labs, sizeof(labs), "%s/labs/%s", kit_root(), stage);
	DIR *dir = opendir(labs);
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (is_source(entry->d_name) &&
		    kit_path(path, sizeof(path), "%s/%s", folder, entry->d_name))
			found |= access(path, F_OK) == 0;
	if (dir)
		closedir(dir);
	return found;
}

/* A tree has folders named like stages; a single stage is named like one, or looks so. */
static int
find_shape(struct submission *s, const struct plan *plan, const char **single, char *message)
{
	char whole[PATH_MAX];
	const char *base = realpath(s->path, whole) ? strrchr(whole, '/') + 1 : s->path;

	*single = NULL;
	for (size_t i = 0; i < plan->count; i++)
		if (has_entry(s->path, plan->stages[i].name))
			return 0;
	for (size_t i = 0; i < plan->count && !*single; i++)
		if (!strcmp(base, plan->stages[i].name))
			*single = plan->stages[i].name;
	for (size_t i = 0; i < plan->count && !*single; i++)
		if (looks_like(s->path, plan->stages[i].name))
			*single = plan->stages[i].name;
	s->single = *single != NULL;
	if (s->single)
		return 0;
	return grade_fail(message, 2,
	    "%s: nothing to grade in it: a submission is a folder like labs/, with folders "
	    "named %s and so on, or one of those",
	    s->path, plan->stages[0].name);
}

/* "./labs/" and "labs" are shown as labs; what lies elsewhere by its last name. */
static void
choose_name(struct submission *s)
{
	char whole[PATH_MAX];
	const char *path = s->path;

	while (!strncmp(path, "./", 2))
		path += 2;
	bool here = *path && *path != '/' && !strstr(path, "..") && strcmp(path, ".");
	if (!here && realpath(s->path, whole))
		path = strrchr(whole, '/') + 1;
	snprintf(s->shown, sizeof(s->shown), "%.200s", *path ? path : "submission");
	for (size_t n = strlen(s->shown); n > 1 && s->shown[n - 1] == '/';)
		s->shown[--n] = '\0';
}

static int
make_folders(char *path)
{
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		int failed = mkdir(path, 0700) && errno != EEXIST;
		*slash = '/';
		if (failed)
			return -errno;
	}
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

static int
copy_all(struct submission *s, struct plan *plan, const char *single, char *message)
{
	char from[PATH_MAX], to[PATH_MAX], shown[PATH_MAX];

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_stage *stage = &plan->stages[i];
		if (single ? strcmp(single, stage->name) : !has_entry(s->path, stage->name))
			continue;
		const char *below = single ? "" : "/", *name = single ? "" : stage->name;
		if (!kit_path(from, sizeof(from), "%s%s%s", s->path, below, name) ||
		    !kit_path(shown, sizeof(shown), "%s%s%s", s->shown, below, name) ||
		    !kit_path(to, sizeof(to), "%s/src/%s", s->scratch, shown))
			return grade_fail(message, 2, "%s: the path is too long", s->path);
		if (make_folders(to))
			return grade_fail(message, 3, "%s: %s", to, strerror(errno));
		int code = copy_stage(stage, from, below, to, shown, message);
		if (code)
			return code;
	}
	return 0;
}

int
submission_open(struct submission *s, const char *path, struct plan *plan, char *message)
{
	const char *single, *tmp = getenv("TMPDIR");
	struct stat st;

	*s = (struct submission){0};
	if (!kit_path(s->path, sizeof(s->path), "%s", path))
		return grade_fail(message, 2, "the path of the submission is too long");
	if (stat(path, &st))
		return grade_fail(message, 2, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return grade_fail(message, 2,
		    "%s: it is a file; a submission is a folder shaped like labs/", path);
	int code = find_shape(s, plan, &single, message);
	if (code)
		return code;
	choose_name(s);
	if (!kit_path(s->scratch, sizeof(s->scratch), "%s/procsmith-XXXXXX",
		tmp && *tmp == '/' ? tmp : "/tmp") ||
	    !mkdtemp(s->scratch))
		return grade_fail(
		    message, 3, "no folder for the work: %s: %s", s->scratch, strerror(errno));
	code = copy_all(s, plan, single, message);
	if (code)
		submission_close(s);
	return code;
}

/* A folder that a row has locked is unlocked before it is entered. */
void
submission_close(struct submission *s)
{
	char *paths[] = {s->scratch, NULL};
	FTS *walk = *s->scratch ? fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;

	for (FTSENT *entry; walk && (entry = fts_read(walk));) {
		if (entry->fts_info == FTS_D)
			chmod(entry->fts_accpath, 0700);
		else if (entry->fts_info == FTS_DP)
			rmdir(entry->fts_accpath);
		else
			unlink(entry->fts_accpath);
	}
	if (walk)
		fts_close(walk);
	*s->scratch = '\0';
}
