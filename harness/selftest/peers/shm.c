/* SPDX-License-Identifier: MIT */
/*
 * The C side of shm-peer: shared memory, lists and semaphores that a Python uses, too.
 *
 *	shm read NAME            the segment's size and its bytes, in hexadecimal
 *	shm write NAME TEXT      write to its start
 *	shm try NAME             attach: the error's name, or 0
 *	shm exists NAME          create: the error's name, or 0
 *	shm keep NAME SIZE TEXT  create, write, say "ready"; at end of input show and unlink
 *	shm list NAME            its items, one repr a line
 *	shm set NAME I TEXT      set item I to a str
 *	shm make                 make a list of the items below, say its name; at end of input
 *	                         show the items again and unlink
 *	shm semaphore NAME       for each line of input: "try" (1 if got), "post", "value"
 *	shm leave FD NAME        create NAME, telling the tracker behind FD, and leave it
 *	shm tidy FD NAME         the same, but unlinked
 *	shm track FD             be the tracker that reads FD
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mp.h>

static void
need(int error, const char *what)
{
	if (error < 0)
		errx(1, "%s: %s", what, mp_error_name(error));
}

static struct mp_shared_memory *
attached(const char *name)
{
	struct mp_shared_memory *memory;

	need(mp_shared_memory_attach(&memory, name), name);
	return memory;
}

static struct mp_shared_memory *
created(const char *name, const char *size)
{
	struct mp_shared_memory *memory;

	need(mp_shared_memory_create(&memory, name, atoll(size)), name);
	return memory;
}

static void
wait_for_end(void)
{
	fflush(stdout);
	while (getchar() != EOF)
		;
}

static void
show(const struct mp_shared_memory *memory)
{
	const unsigned char *bytes = mp_shared_memory_buf(memory);

	printf("%zu ", mp_shared_memory_size(memory));
	for (size_t i = 0; i < mp_shared_memory_size(memory); i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

static void
show_items(const struct mp_shareable_list *list)
{
	for (size_t i = 0; i < mp_shareable_list_len(list); i++) {
		struct mp_value *v;
		char *text;
		need(mp_shareable_list_get(list, i, &v), "get");
		need(mp_value_repr(v, &text), "repr");
		puts(text);
		free(text);
		mp_value_free(v);
	}
}

static struct mp_shareable_list *
list_of(const char *name)
{
	struct mp_shareable_list *list;

	need(mp_shareable_list_attach(&list, name), name);
	return list;
}

static int
keep(const char *name, const char *size, const char *text)
{
	struct mp_shared_memory *memory = created(name, size);

	strcpy(mp_shared_memory_buf(memory), text);
	puts("ready");
	wait_for_end();
	show(memory);
	need(mp_shared_memory_unlink(memory), "unlink");
	mp_shared_memory_free(memory);
	return 0;
}

static int
make(void)
{
	struct mp_shareable_list *list;
	struct mp_value *items = mp_list(mp_int(7), mp_float(1.5), mp_bool(true), mp_none(),
	    mp_str("ab"), mp_bytes("xyz12345", 8), mp_int(INT64_MIN), mp_str("äöü"), mp_str(""),
	    mp_bytes("", 0), mp_bool(false), mp_float(-0.0), mp_str("twenty-three characters"));

	need(mp_shareable_list_create(&list, items, NULL), "list");
	mp_value_free(items);
	puts(mp_shared_memory_name(mp_shareable_list_shm(list)));
	wait_for_end();
	show_items(list);
	need(mp_shared_memory_unlink(mp_shareable_list_shm(list)), "unlink");
	mp_shareable_list_free(list);
	return 0;
}

static int
set(const char *name, const char *index, const char *text)
{
	struct mp_shareable_list *list = list_of(name);
	struct mp_value *v = mp_str(text);
	int error = mp_shareable_list_set(list, (size_t)atoi(index), v);

	puts(error ? mp_error_name(error) : "0");
	mp_value_free(v);
	mp_shareable_list_free(list);
	return 0;
}

static int
semaphore(const char *name)
{
	sem_t *sem = sem_open(name, 0);
	char line[16];
	int value = 0;

	if (sem == SEM_FAILED)
		err(1, "%s", name);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "try\n"))
			printf("%d\n", sem_trywait(sem) == 0);
		else if (!strcmp(line, "post\n"))
			printf("%d\n", sem_post(sem));
		else if (!sem_getvalue(sem, &value))
			printf("%d\n", value);
		fflush(stdout);
	}
	return sem_close(sem);
}

/* The library's lines go to the tracker behind fd, which is a Python's. */
static int
track(const char *fd, const char *name, bool tidy)
{
	int ours = mp_tracker_fd();

	need(ours, "tracker");
	if (dup2(atoi(fd), ours) < 0 || fcntl(ours, F_SETFD, FD_CLOEXEC) || close(atoi(fd)))
		err(1, "descriptor %s", fd);
	struct mp_shared_memory *memory = created(name, "4096");
	if (tidy)
		need(mp_shared_memory_unlink(memory), "unlink");
	mp_shared_memory_free(memory);
	return 0;
}

/* 0, or the error's name, of a call whose object is not kept. */
static int
tell(int error, struct mp_shared_memory *memory)
{
	puts(error ? mp_error_name(error) : "0");
	if (!error)
		mp_shared_memory_free(memory);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "", *name = argc > 2 ? argv[2] : "";
	struct mp_shared_memory *memory = NULL;

	if (!strcmp(verb, "read")) {
		show(attached(name));
	} else if (!strcmp(verb, "write") && argc == 4) {
		strcpy(mp_shared_memory_buf(attached(name)), argv[3]);
	} else if (!strcmp(verb, "try")) {
		return tell(mp_shared_memory_attach(&memory, name), memory);
	} else if (!strcmp(verb, "exists")) {
		return tell(mp_shared_memory_create(&memory, name, 100), memory);
	} else if (!strcmp(verb, "keep") && argc == 5) {
		return keep(name, argv[3], argv[4]);
	} else if (!strcmp(verb, "list")) {
		show_items(list_of(name));
	} else if (!strcmp(verb, "set") && argc == 5) {
		return set(name, argv[3], argv[4]);
	} else if (!strcmp(verb, "make")) {
		return make();
	} else if (!strcmp(verb, "semaphore")) {
		return semaphore(name);
	} else if ((!strcmp(verb, "leave") || !strcmp(verb, "tidy")) && argc == 4) {
		return track(name, argv[3], *verb == 't');
	} else if (!strcmp(verb, "track")) {
		return mp_tracker_main(atoi(name));
	} else {
		errx(2, "what is %s?", verb);
	}
	return 0;
}
