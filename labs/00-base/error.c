/* SPDX-License-Identifier: MIT */
/*
 * The error table, read three ways. See include/mp/error.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <mp/error.h>

struct entry {
	int error;
	const char *name, *python, *text;
};

static const struct entry library[] = {
#define X(code, number, python, sentence) {code, #code, python, sentence},
    MP_ERRORS(X)
#undef X
};

/* Python gives some errno values an exception of their own (PEP 3151). */
static const struct entry kernel[] = {
    {-EAGAIN, NULL, "BlockingIOError", NULL},
    {-EALREADY, NULL, "BlockingIOError", NULL},
    {-EINPROGRESS, NULL, "BlockingIOError", NULL},
    {-ECHILD, NULL, "ChildProcessError", NULL},
    {-EPIPE, NULL, "BrokenPipeError", NULL},
    {-ECONNREFUSED, NULL, "ConnectionRefusedError", NULL},
    {-ECONNRESET, NULL, "ConnectionResetError", NULL},
    {-EEXIST, NULL, "FileExistsError", NULL},
    {-ENOENT, NULL, "FileNotFoundError", NULL},
    {-EINTR, NULL, "InterruptedError", NULL},
    {-EISDIR, NULL, "IsADirectoryError", NULL},
    {-ENOTDIR, NULL, "NotADirectoryError", NULL},
    {-EACCES, NULL, "PermissionError", NULL},
    {-EPERM, NULL, "PermissionError", NULL},
    {-ESRCH, NULL, "ProcessLookupError", NULL},
    {-ETIMEDOUT, NULL, "TimeoutError", NULL},
    {-ENOMEM, NULL, "MemoryError", NULL},
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct entry *
find(const struct entry *table, size_t length, int error)
{
	for (size_t i = 0; i < length; i++)
		if (table[i].error == error)
			return &table[i];
	return NULL;
}

const char *
mp_error_text(int error)
{
	const struct entry *entry = find(library, LENGTH(library), error);

	if (entry)
		return entry->text;
	if (error >= 0)
		return "no error";
	/* strerrordesc_np is static text: safe between threads, unlike strerror. */
	const char *text = strerrordesc_np(-error);
	return text ? text : "unknown error";
}

const char *
mp_error_name(int error)
{
	const struct entry *entry = find(library, LENGTH(library), error);

	if (entry)
		return entry->name;
	const char *name = error < 0 ? strerrorname_np(-error) : "0";
	return name ? name : "unknown";
}

const char *
mp_error_python(int error)
{
	const struct entry *entry = find(library, LENGTH(library), error);

	if (!entry)
		entry = find(kernel, LENGTH(kernel), error);
	if (entry)
		return entry->python;
	return error < 0 ? "OSError" : "none";
}
