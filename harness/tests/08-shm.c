/* SPDX-License-Identifier: MIT */
/*
 * Rows of 08-shm: memory that processes share. The numbers in comments are CPython's
 * behaviours that a row answers to (docs/behaviours.md).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "common.h"
#include "killed.h"
#include "methods.h"

STAGE("Shared memory")

#define TIDY  .graph = "every child reaped by its parent; no kill after reap; nothing left"
#define MEGA  ((size_t)1 << 20)
#define LIMIT (16 * MEGA)

/* --- shm.1: memory with a name -------------------------------------------------------------------- */

/* A name that is this row's alone. */
static const char *
own_name(const char *word)
{
	static char name[64];

	snprintf(name, sizeof(name), "mp-row-%d-%s", getpid(), word);
	return name;
}

static const char *
path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "/dev/shm/%s", name);
	return path;
}

static bool
exists(const char *name)
{
	return access(path_of(name), F_OK) == 0;
}

static struct mp_shared_memory *
created(const char *name, int64_t size)
{
	struct mp_shared_memory *memory = NULL;

	OK(mp_shared_memory_create(&memory, name, size));
	return memory;
}

static struct mp_shared_memory *
attached(const char *name)
{
	struct mp_shared_memory *memory = NULL;

	OK(mp_shared_memory_attach(&memory, name));
	return memory;
}

/* At the end of a row that made names: the tracker goes, and knows of none that is left. */
static void
untracked(void)
{
	EQUAL(mp_tracker_stop(), 0);
}

ROW("shm.1/create", 1, "a new segment has a name of its own, so many zero bytes, and mode 0600",
    TIDY)
{
	struct mp_shared_memory *memory = created(NULL, 5000);
	const char *name = mp_shared_memory_name(memory), *bytes = mp_shared_memory_buf(memory);
	struct stat stat_of;

	EQUAL(strlen(name), 12);
	TRUE(!strncmp(name, "psm_", 4) && strspn(name + 4, "0123456789abcdef") == 8,
	    "a random name is psm_ and eight hexadecimal digits, not %s", name);
	EQUAL(stat(path_of(name), &stat_of), 0);
	EQUAL(stat_of.st_size, 5000);
	EQUAL(stat_of.st_mode & 07777, 0600);
	TRUE(stat_of.st_blocks * 512 >= 5000, "the bytes are there, and not only promised");
	for (size_t i = 0; i < 5000; i++)
		EQUAL(bytes[i], 0);
	struct mp_shared_memory *other = created(NULL, 1);
	TRUE(strcmp(name, mp_shared_memory_name(other)) != 0, "no name is given twice");
	OK(mp_shared_memory_unlink(other));
	OK(mp_shared_memory_unlink(memory));
	mp_shared_memory_free(other);
	mp_shared_memory_free(memory);
	mp_shared_memory_free(NULL);
	untracked();
}

static int
write_by_name(void *arg)
{
	struct mp_shared_memory *memory;

	if (mp_shared_memory_attach(&memory, arg) || mp_shared_memory_size(memory) != 5000)
		return 1;
	strcpy(mp_shared_memory_buf(memory), "written by name");
	mp_shared_memory_free(memory);
	return 0;
}

/* 82, 81 */
ROW("shm.1/attach", 1, "who knows the name sees the same bytes, all of them and no more", TIDY)
{
	char name[64];
	strcpy(name, own_name("attach"));
	struct mp_shared_memory *memory = created(name, 5000);

	EQUAL_TEXT(mp_shared_memory_name(memory), name);
	EQUAL(mp_shared_memory_size(memory), 5000);
	EQUAL(finished(started(write_by_name, name, NULL)), 0);
	EQUAL_TEXT(mp_shared_memory_buf(memory), "written by name");
	struct mp_shared_memory *again = attached(name);
	TRUE(mp_shared_memory_buf(again) != mp_shared_memory_buf(memory), "a map of its own");
	((char *)mp_shared_memory_buf(memory))[4999] = 'x';
	EQUAL(((char *)mp_shared_memory_buf(again))[4999], 'x');
	mp_shared_memory_free(again);
	TRUE(exists(name), "who attached and goes leaves the name");
	OK(mp_shared_memory_unlink(memory));
	mp_shared_memory_free(memory);
	untracked();
}

/* 81 */
ROW("shm.1/refused", 1,
    "a name twice, a name that is not, a size that is none: refused, nothing left", TIDY)
{
	char name[64];
	strcpy(name, own_name("refused"));
	struct mp_shared_memory *memory = NULL, *none = NULL;

	FAILS(mp_shared_memory_attach(&none, name), -ENOENT);
	FAILS(mp_shared_memory_create(&none, name, 0), MP_INVALID);
	FAILS(mp_shared_memory_create(&none, name, -1), MP_INVALID);
	TRUE(!exists(name), "a refused call leaves no name");
	memory = created(name, 100);
	strcpy(mp_shared_memory_buf(memory), "mine");
	FAILS(mp_shared_memory_create(&none, name, 200), -EEXIST);
	TRUE(none == NULL, "a failed call leaves its out-parameter untouched");
	struct mp_shared_memory *again = attached(name);
	EQUAL(mp_shared_memory_size(again), 100);
	EQUAL_TEXT(mp_shared_memory_buf(again), "mine");
	OK(mp_shared_memory_unlink(memory));
	mp_shared_memory_free(again);
	mp_shared_memory_free(memory);
	untracked();
}

/* 83 */
ROW("shm.1/unlink", 1, "unlink takes the name, once; the bytes stay for who has them", TIDY)
{
	char name[64];
	strcpy(name, own_name("unlink"));
	struct mp_shared_memory *memory = created(name, 4096), *again = attached(name), *other;

	OK(mp_shared_memory_unlink(memory));
	TRUE(!exists(name), "the name is gone");
	FAILS(mp_shared_memory_unlink(memory), -ENOENT);
	FAILS(mp_shared_memory_unlink(again), -ENOENT);
	FAILS(mp_shared_memory_attach(&other, name), -ENOENT);
	strcpy(mp_shared_memory_buf(memory), "nameless");
	EQUAL_TEXT(mp_shared_memory_buf(again), "nameless");
	mp_shared_memory_free(again);
	EQUAL_TEXT(mp_shared_memory_buf(memory), "nameless");
	mp_shared_memory_free(memory);
	untracked();
}

ROW("shm.1/close", 1, "close unmaps in this process only; name and size still answer", TIDY)
{
	char name[64];
	strcpy(name, own_name("close"));
	struct mp_shared_memory *memory = created(name, 4096), *again = attached(name);
	struct mp_shared_memory *third = mp_shared_memory_ref(memory);

	mp_shared_memory_free(third);
	strcpy(mp_shared_memory_buf(memory), "still here");
	mp_shared_memory_close(memory);
	mp_shared_memory_close(memory);
	TRUE(mp_shared_memory_buf(memory) == NULL, "after close there is no first byte");
	EQUAL_TEXT(mp_shared_memory_name(memory), name);
	EQUAL(mp_shared_memory_size(memory), 4096);
	EQUAL_TEXT(mp_shared_memory_buf(again), "still here");
	OK(mp_shared_memory_unlink(memory));
	mp_shared_memory_free(memory);
	mp_shared_memory_free(again);
	untracked();
}

ROW("shm.1/empty", 1, "a name whose maker has not given it bytes yet is told, not mapped")
{
	char name[64];
	strcpy(name, own_name("empty"));
	struct mp_shared_memory *none = NULL;

	int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
	TRUE(fd >= 0, "the row makes an empty one");
	FAILS(mp_shared_memory_attach(&none, name), -ENODATA);
	close(fd);
	shm_unlink(name);
}

static void
write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	(void)!write(fd, text, strlen(text));
	close(fd);
}

/* A /dev/shm of one megabyte, for this process only. False: it may not, or not here. */
static bool
small_shm(void)
{
	char map[32];

	if (unshare(CLONE_NEWNS)) {
		snprintf(map, sizeof(map), "%d %d 1", getuid(), getuid());
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
			return false;
		write_to("/proc/self/setgroups", "deny");
		write_to("/proc/self/uid_map", map);
		snprintf(map, sizeof(map), "%d %d 1", getgid(), getgid());
		write_to("/proc/self/gid_map", map);
	}
	return !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", "/dev/shm", "tmpfs", 0, "size=1m");
}

static int
fill(void *arg)
{
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
	struct mp_shared_memory *memory;
	int error;

	(void)arg;
	setrlimit(RLIMIT_FSIZE, &none); /* the harness has set one; only root may */
	if (!small_shm()) {		/* more than any machine has */
		error = mp_shared_memory_create(&memory, "mp-row-full", INT64_MAX / 2);
		if (error != -ENOSPC && error != -EFBIG)
			return 1;
		return exists("mp-row-full") ? 2 : mp_tracker_stop();
	}
	error = mp_shared_memory_create(&memory, "mp-row-full", 2 << 20);
	if (error != -ENOSPC)
		return 3;
	if (exists("mp-row-full"))
		return 4;
	if (mp_shared_memory_create(&memory, "mp-row-full", 900 << 10))
		return 5;
	memset(mp_shared_memory_buf(memory), 1, mp_shared_memory_size(memory));
	error = mp_shared_memory_unlink(memory);
	mp_shared_memory_free(memory);
	return error ? 6 : mp_tracker_stop() ? 7 : 0;
}

ROW("shm.1/full", 2, "where there is not so much memory, create says so, and leaves no name")
{
	EQUAL(waited(forked(fill, NULL)), 0);
}

static int
make_too_much(void *arg)
{
	const struct rlimit limit = {1 << 20, 1 << 20};
	struct mp_shared_memory *memory;
	struct mp_heap *heap;
	uint64_t offset;

	setrlimit(RLIMIT_FSIZE, &limit);
	if (mp_shared_memory_create(&memory, arg, 2 << 20) != -EFBIG || mp_tracker_stop())
		return 1;
	if (mp_heap_new(&heap, 8 << 20))
		return 2;
	return mp_heap_alloc(heap, 4 << 20, &offset) == -EFBIG ? 0 : 3;
}

ROW("shm.1/limit", 1, "more than RLIMIT_FSIZE is refused: the process is not killed by SIGXFSZ")
{
	char name[64];
	strcpy(name, own_name("limit"));

	EQUAL(waited(forked(make_too_much, name)), 0);
	TRUE(!exists(name), "no name is left");
}

struct race {
	struct gate gate;
	char name[64];
};

static int
race_for_it(void *arg)
{
	struct race *race = arg;
	struct mp_shared_memory *memory;

	gate_wait(&race->gate);
	int error = mp_shared_memory_create(&memory, race->name, 4096);
	if (error == 0)
		mp_shared_memory_free(memory);
	return error == 0 ? 1 : error == -EEXIST ? 0 : 2;
}

ROW("shm.1/crowd", 1, "of eight that make one name at once, one has made it", TIDY)
{
	struct race race;
	struct mp_process *p[8];
	int winners = 0;

	OK(mp_tracker_fd()); /* one for all, or the winner's would end with it, and unlink */
	strcpy(race.name, own_name("race"));
	gate_init(&race.gate);
	for (size_t i = 0; i < 8; i++)
		p[i] = started(race_for_it, &race, NULL);
	gate_open(&race.gate);
	for (size_t i = 0; i < 8; i++)
		winners += finished(p[i]);
	EQUAL(winners, 1);
	struct mp_shared_memory *memory = attached(race.name);
	OK(mp_shared_memory_unlink(memory));
	mp_shared_memory_free(memory);
	gate_release(&race.gate);
	untracked();
}

/* --- shm.2: what the dead leave ------------------------------------------------------------------------ */

/* The tracker says on standard error what was left: not here. */
static void
hush(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(null, STDERR_FILENO);
	close(null);
}

static int
make_two_and_die(void *arg)
{
	struct mp_shared_memory *memory;
	char name[80];

	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s%d", (char *)arg, i);
		if (mp_shared_memory_create(&memory, name, 4096))
			return 1;
	}
	raise(SIGKILL);
	return 0;
}

ROW("shm.2/killed", 1, "what a killed process has made lives as long as its program, and no longer",
    TIDY)
{
	char name[64], first[80];
	strcpy(name, own_name("left"));
	snprintf(first, sizeof(first), "%s0", name);

	hush();
	OK(mp_tracker_fd()); /* the program's: this process has it, too */
	EQUAL(finished(started(make_two_and_die, name, NULL)), -SIGKILL);
	struct mp_shared_memory *memory = attached(first);
	EQUAL(mp_tracker_stop(), 1); /* now nobody has it any more; 1: something was left */
	TRUE(!exists(first), "the first name is gone");
	first[strlen(first) - 1] = '1';
	TRUE(!exists(first), "and so is the second");
	mp_shared_memory_free(memory);
}

struct stranger {
	struct gate made;
	char name[64];
};

static int
attach_and_go(void *arg)
{
	struct stranger *stranger = arg;
	struct mp_shared_memory *memory;

	gate_wait(&stranger->made);
	if (mp_shared_memory_attach(&memory, stranger->name))
		return 1;
	mp_shared_memory_free(memory);
	return mp_tracker_stop(); /* if it has one, which it should not need */
}

ROW("shm.2/attacher", 2, "who only attached unlinks nothing when it goes", TIDY)
{
	struct stranger stranger;

	strcpy(stranger.name, own_name("attacher"));
	gate_init(&stranger.made);
	/* Forked while there is no tracker: a program of its own. */
	struct mp_process *p = started(attach_and_go, &stranger, NULL);
	struct mp_shared_memory *memory = created(stranger.name, 4096);
	gate_open(&stranger.made);
	EQUAL(finished(p), 0);
	TRUE(exists(stranger.name), "the name of another program's segment is still there");
	OK(mp_shared_memory_unlink(memory));
	mp_shared_memory_free(memory);
	gate_release(&stranger.made);
	untracked();
}

static int
unlink_by_name(void *arg)
{
	struct mp_shared_memory *memory;

	if (mp_shared_memory_attach(&memory, arg))
		return 1;
	int error = mp_shared_memory_unlink(memory);
	mp_shared_memory_free(memory);
	return error ? 2 : 0;
}

static int
unlink_inherited(void *arg)
{
	int error = mp_shared_memory_unlink(arg);

	mp_shared_memory_free(arg);
	return error ? 1 : 0;
}

ROW("shm.2/forgotten", 1, "whoever unlinks, the tracker forgets: nobody says that it has leaked",
    TIDY)
{
	char name[64];
	strcpy(name, own_name("forgotten"));

	struct mp_shared_memory *memory = created(name, 4096);
	EQUAL(finished(started(unlink_by_name, name, NULL)), 0);
	FAILS(mp_shared_memory_unlink(memory), -ENOENT);
	mp_shared_memory_free(memory);
	untracked();
	memory = created(name, 4096); /* the name may be had again */
	EQUAL(finished(started(unlink_inherited, memory, NULL)), 0);
	mp_shared_memory_free(memory);
	FAILS(mp_shared_memory_create(&memory, name, 0), MP_INVALID);
	untracked();
}

static int
create_once(void *arg)
{
	struct mp_shared_memory *memory;

	if (mp_shared_memory_create(&memory, arg, 4096))
		return 1;
	return mp_shared_memory_unlink(memory) ? 2 : 0;
}

ROW("shm.2/create", 2,
    "killed at any system call of create or unlink: with the program the name goes", .seconds = 10)
{
	struct point call = {.unit = POINT_CALL, .at = 1};
	char name[64];
	strcpy(name, own_name("calls"));
	bool killed = true;
	int windows = 0;

	hush();
	while (killed) {
		row_step("killed at call %ld", call.at);
		OK(mp_tracker_fd());
		killed = killed_at(&call, create_once, name);
		(void)mp_tracker_stop();
		/* Between its birth and the line to the tracker nobody else knows of it. */
		windows += exists(name);
		shm_unlink(name);
		call.at += killed;
	}
	TRUE(windows <= 1, "the tracker is told at once, not %d calls later", windows);
	TRUE(call.at > 5, "there are calls to die at: %ld", call.at - 1);
}

/* --- shm.3: the heap ---------------------------------------------------------------------------- */

static struct mp_heap *
new_heap(void)
{
	struct mp_heap *heap = NULL;

	OK(mp_heap_new(&heap, LIMIT));
	return heap;
}

static uint64_t
block(struct mp_heap *heap, size_t size)
{
	uint64_t offset = 0;

	OK(mp_heap_alloc(heap, size, &offset));
	return offset;
}

/* Memory that the heap's file has, in bytes. */
static long long
footprint(const struct mp_heap *heap)
{
	struct stat stat;

	EQUAL(fstat(mp_heap_fd(heap), &stat), 0);
	return (long long)stat.st_blocks * 512;
}

/* What a walk has seen. */
struct census {
	uint64_t at;	    /* where the last block ended */
	uint64_t arena_end; /* where its arena ends */
	size_t arenas, used, free;
	uint64_t bytes, arena_bytes; /* of used blocks; of arenas */
	const char *fault;
};

static int
count_block(const struct mp_heap_block *b, void *arg)
{
	struct census *c = arg;

	if (c->at == c->arena_end) { /* the first block of another arena */
		if (b->start != b->arena || b->arena < c->arena_end)
			c->fault = "an arena begins with a block, behind the arena before it";
		c->arena_end = b->arena + b->arena_size;
		c->arenas++;
		c->arena_bytes += b->arena_size;
	} else if (b->start != c->at) {
		c->fault = "a block begins where the one before it ends";
	}
	if (b->size == 0 || b->start + b->size > c->arena_end)
		c->fault = "a block ends inside its arena";
	if (b->used && (b->offset < b->start || b->offset > b->start + b->size))
		c->fault = "what alloc gave lies in its block";
	c->at = b->start + b->size;
	c->used += b->used;
	c->free += !b->used;
	c->bytes += b->used ? b->size : 0;
	return c->fault != NULL;
}

static struct census
census(struct mp_heap *heap)
{
	struct census c = {0};
	int result = OK(mp_heap_walk(heap, count_block, &c));

	TRUE(result == 0 && !c.fault, "%s", c.fault ? c.fault : "the walk comes to its end");
	TRUE(c.at == c.arena_end, "the last block ends where its arena ends");
	return c;
}

ROW("shm.3/blocks", 1,
    "a block is zero, aligned, all its own, and at the same offset for everybody", TIDY)
{
	struct mp_heap *heap = new_heap();
	uint64_t offset[50];

	for (size_t i = 0; i < 50; i++) {
		offset[i] = block(heap, i * 7);
		char *bytes = mp_heap_at(heap, offset[i]);
		EQUAL(offset[i] % 16, 0);
		for (size_t k = 0; k < i * 7; k++)
			EQUAL(bytes[k], 0);
		memset(bytes, (int)i, i * 7);
	}
	for (size_t i = 0; i < 50; i++)
		for (size_t k = 0; k < i * 7; k++)
			EQUAL(((char *)mp_heap_at(heap, offset[i]))[k], (int)i);
	struct census c = census(heap);
	EQUAL(c.used, 50);
	EQUAL(c.arenas, 1);
	mp_heap_free(heap);
}

/* A live block of the random run: filled with its own byte. */
struct live {
	uint64_t offset;
	size_t size;
	unsigned char byte;
};

static bool
is_whole(const struct mp_heap *heap, const struct live *l)
{
	const unsigned char *bytes = mp_heap_at(heap, l->offset);

	for (size_t i = 0; i < l->size; i++)
		if (bytes[i] != l->byte)
			return false;
	return true;
}

/* Allocate and give back at random, n times; the live ones are left in list: how many. */
static size_t
churn(struct mp_heap *heap, unsigned seed, size_t n, struct live *list, size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (count == room || (count && rand_r(&seed) % 2)) {
			size_t k = (size_t)rand_r(&seed) % count;
			TRUE(is_whole(heap, &list[k]), "nobody else writes into a block");
			OK(mp_heap_dealloc(heap, list[k].offset));
			list[k] = list[--count];
		} else {
			struct live l = {.size = 1 + (size_t)rand_r(&seed) % 1500,
			    .byte = (unsigned char)rand_r(&seed)};
			l.offset = block(heap, l.size);
			memset(mp_heap_at(heap, l.offset), l.byte, l.size);
			list[count++] = l;
		}
	}
	return count;
}

/* 84 */
ROW("shm.3/tiles", 2, "5,000 at random: the blocks tile the arenas; all given back: no arena left",
    TIDY)
{
	struct mp_heap *heap = new_heap();
	long long empty = footprint(heap);
	static struct live list[300];
	size_t wanted = 0;

	size_t count = churn(heap, 84, 5000, list, 300);
	TRUE(count > 10, "some are in use at the end");
	struct census c = census(heap);
	EQUAL(c.used, count);
	for (size_t i = 0; i < count; i++)
		wanted += list[i].size;
	BETWEEN(c.bytes, wanted, wanted + 64 * count);
	while (count)
		OK(mp_heap_dealloc(heap, list[--count].offset));
	c = census(heap);
	EQUAL(c.arenas, 0);
	EQUAL(footprint(heap), empty);
	mp_heap_free(heap);
}

ROW("shm.3/one", 2, "free neighbours become one block, in whatever order they were given back",
    TIDY)
{
	static const unsigned char orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}};
	struct mp_heap *heap = new_heap();

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		uint64_t three[3], last;
		row_step("order %d %d %d", orders[i][0], orders[i][1], orders[i][2]);
		for (size_t k = 0; k < 3; k++)
			three[k] = block(heap, 1000);
		last = block(heap, 16); /* the arena stays */
		for (size_t k = 0; k < 3; k++)
			OK(mp_heap_dealloc(heap, three[orders[i][k]]));
		uint64_t large = block(heap, 3000);
		EQUAL(large, three[0]);
		OK(mp_heap_dealloc(heap, large));
		OK(mp_heap_dealloc(heap, last));
	}
	EQUAL(census(heap).arenas, 0);
	mp_heap_free(heap);
}

ROW("shm.3/zero", 1, "memory that was used before is zero when it is given out again", TIDY)
{
	struct mp_heap *heap = new_heap();
	uint64_t keep = block(heap, 16), first = block(heap, 100);

	memset(mp_heap_at(heap, first), 0xee, 100);
	OK(mp_heap_dealloc(heap, first));
	uint64_t again = block(heap, 100);
	EQUAL(again, first);
	for (size_t i = 0; i < 100; i++)
		EQUAL(((unsigned char *)mp_heap_at(heap, again))[i], 0);
	OK(mp_heap_dealloc(heap, again));
	OK(mp_heap_dealloc(heap, keep));
	mp_heap_free(heap);
}

ROW("shm.3/grows", 1, "a heap has memory for what is used: it grows, and gives all back", TIDY)
{
	struct mp_heap *heap = new_heap();
	long long empty = footprint(heap);
	uint64_t small = block(heap, 10);

	TRUE(footprint(heap) <= (long long)MEGA, "a small block needs no megabyte");
	uint64_t large = block(heap, 3 * MEGA);
	memset(mp_heap_at(heap, large), 1, 3 * MEGA);
	EQUAL(census(heap).arenas, 2);
	OK(mp_heap_dealloc(heap, large));
	EQUAL(census(heap).arenas, 1);
	TRUE(footprint(heap) <= (long long)MEGA, "the large arena's memory is given back");
	OK(mp_heap_dealloc(heap, small));
	EQUAL(footprint(heap), empty);
	mp_heap_free(heap);
}

static int
read_elsewhere(void *arg)
{
	struct mp_heap *heap, **parents = arg;
	char *here;
	uint64_t offset = *(uint64_t *)mp_heap_at(*parents, 0 + *(uint64_t *)(parents + 1));

	/* The old mapping stays: so the new one is at another address. */
	if (mp_heap_open(&heap, dup(mp_heap_fd(*parents))))
		return 1;
	here = mp_heap_at(heap, offset);
	if (here == mp_heap_at(*parents, offset) || strcmp(here, "from the parent"))
		return 2;
	strcpy(here, "from the child");
	if (mp_heap_alloc(heap, 100, &offset) || mp_heap_dealloc(heap, offset))
		return 3;
	mp_heap_free(heap);
	return 0;
}

ROW("shm.3/elsewhere", 1,
    "by its descriptor the heap is mapped at another address, and is the same", TIDY)
{
	struct {
		struct mp_heap *heap;
		uint64_t where;
	} seen = {.heap = new_heap()};
	uint64_t text = block(seen.heap, 20);

	seen.where = block(seen.heap, sizeof(text)); /* an offset in shared memory: no pointer */
	*(uint64_t *)mp_heap_at(seen.heap, seen.where) = text;
	strcpy(mp_heap_at(seen.heap, text), "from the parent");
	EQUAL(finished(started(read_elsewhere, &seen, NULL)), 0);
	EQUAL_TEXT(mp_heap_at(seen.heap, text), "from the child");
	EQUAL(census(seen.heap).used, 2);
	mp_heap_free(seen.heap);
}

ROW("shm.3/refused", 1, "what cannot be is refused, and nothing has changed")
{
	struct mp_heap *heap = NULL;
	uint64_t offset = 77, keep;
	int pipe_end[2], file;

	FAILS(mp_heap_new(&heap, 100), MP_INVALID);
	TRUE(heap == NULL, "a failed call leaves its out-parameter untouched");
	heap = new_heap();
	keep = block(heap, 10);
	FAILS(mp_heap_alloc(heap, LIMIT, &offset), -ENOMEM);
	FAILS(mp_heap_alloc(heap, SIZE_MAX, &offset), -ENOMEM);
	EQUAL(offset, 77);
	FAILS(mp_heap_dealloc(heap, keep + 16), MP_INVALID);
	FAILS(mp_heap_dealloc(heap, 0), MP_INVALID);
	FAILS(mp_heap_dealloc(heap, 1 << 30), MP_INVALID);
	offset = block(heap, 10);
	OK(mp_heap_dealloc(heap, offset));
	FAILS(mp_heap_dealloc(heap, offset), MP_INVALID);
	EQUAL(census(heap).used, 1);
	mp_heap_free(heap);

	OK(mp_pipe_cloexec(pipe_end));
	mp_close(&pipe_end[1]);
	FAILS(mp_heap_open(&heap, pipe_end[0]), -ENODEV); /* taken over, also when refused */
	file = memfd_create("no heap", MFD_CLOEXEC);
	EQUAL(ftruncate(file, 8192), 0);
	FAILS(mp_heap_open(&heap, file), MP_DAMAGED);
	file = memfd_create("empty", MFD_CLOEXEC);
	FAILS(mp_heap_open(&heap, file), MP_DAMAGED);
}

static int
ignore_block(const struct mp_heap_block *b, void *arg)
{
	(void)b;
	(void)arg;
	return 0;
}

ROW("shm.3/overrun", 1, "who writes past the end of a block is found out, and nobody runs wild")
{
	struct mp_heap *heap = new_heap();
	uint64_t first = block(heap, 32), second = block(heap, 32), third = block(heap, 32);

	memset(mp_heap_at(heap, first), 0x41, 32 + 48);
	FAILS(mp_heap_walk(heap, ignore_block, NULL), MP_DAMAGED);
	TRUE(mp_heap_dealloc(heap, second) < 0, "a block with a broken tag is not given back");
	TRUE(mp_heap_dealloc(heap, first) != 1, "and the call comes back");
	FAILS(mp_heap_alloc(heap, 5000, &third), MP_DAMAGED);
	mp_heap_free(heap);
}

struct crowd {
	struct mp_heap *heap;
	uint64_t mail[4]; /* where each child puts offsets for the parent to give back */
};

static int
live_in_it(struct crowd *crowd, unsigned which)
{
	static struct live list[60];
	size_t count = churn(crowd->heap, which, 1500, list, 60);
	uint64_t *mail = mp_heap_at(crowd->heap, crowd->mail[which]);

	for (size_t i = 0; i < count; i++)
		mail[1 + i] = list[i].offset;
	mail[0] = count;
	return 0;
}

static int
crowd_0(void *arg)
{
	return live_in_it(arg, 0);
}
static int
crowd_1(void *arg)
{
	return live_in_it(arg, 1);
}
static int
crowd_2(void *arg)
{
	return live_in_it(arg, 2);
}
static int
crowd_3(void *arg)
{
	return live_in_it(arg, 3);
}

ROW("shm.3/crowd", 2, "four processes use one heap; what they leave, a fifth can give back", TIDY)
{
	static int (*const work[4])(void *) = {crowd_0, crowd_1, crowd_2, crowd_3};
	struct crowd crowd = {.heap = new_heap()};
	struct mp_process *p[4];
	size_t left = 0;

	for (size_t i = 0; i < 4; i++)
		crowd.mail[i] = block(crowd.heap, 61 * sizeof(uint64_t));
	for (size_t i = 0; i < 4; i++)
		p[i] = started(work[i], &crowd, NULL);
	for (size_t i = 0; i < 4; i++)
		EQUAL(finished(p[i]), 0);
	for (size_t i = 0; i < 4; i++)
		left += *(uint64_t *)mp_heap_at(crowd.heap, crowd.mail[i]);
	EQUAL(census(crowd.heap).used, 4 + left);
	for (size_t i = 0; i < 4; i++) {
		uint64_t *mail = mp_heap_at(crowd.heap, crowd.mail[i]);
		for (size_t k = mail[0]; k > 0; k--)
			OK(mp_heap_dealloc(crowd.heap, mail[k]));
		OK(mp_heap_dealloc(crowd.heap, crowd.mail[i]));
	}
	EQUAL(census(crowd.heap).arenas, 0);
	mp_heap_free(crowd.heap);
}

/* --- shm.4: the heap when a process is killed in it ---------------------------------------------- */

struct deadly {
	struct mp_heap *heap;
	uint64_t offset;
	size_t size;
	bool again; /* what is given back must be found again */
};

static int
allocate(void *arg)
{
	struct deadly *d = arg;
	uint64_t offset;

	return mp_heap_alloc(d->heap, d->size, &offset) ? 1 : 0;
}

static int
give_back(void *arg)
{
	struct deadly *d = arg;

	return mp_heap_dealloc(d->heap, d->offset) ? 1 : 0;
}

/* After a death in it: sound, and good for everything. */
static void
go_on(struct mp_heap *heap)
{
	uint64_t offset = block(heap, 3000);

	memset(mp_heap_at(heap, offset), 0x55, 3000);
	OK(mp_heap_dealloc(heap, offset));
	census(heap);
}

/* Give back what a dead process has left, wherever it is: then nothing may be left. */
static int
first_used(const struct mp_heap_block *b, void *arg)
{
	*(uint64_t *)arg = b->offset;
	return b->used;
}

static void
clear(struct mp_heap *heap)
{
	uint64_t offset;

	while (OK(mp_heap_walk(heap, first_used, &offset)))
		OK(mp_heap_dealloc(heap, offset));
	EQUAL(census(heap).arenas, 0);
}

/* Of the instructions, every so many: an odd number, so that loops are met everywhere. */
enum { SOME = 19 };

/*
 * Prepare a heap, let a child be killed in it at the first point, the second, ... until it is
 * killed no more; after each death there are the blocks of before or those of after, and
 * everybody goes on. At the end all memory is given back. How many points there were.
 */
static long
die_everywhere(
    enum point_unit unit, void (*prepare)(struct deadly *d), int (*work)(void *), int change)
{
	static const char *const names[] = {"instruction", "call", "store"};
	static const int stride[] = {SOME, 1, 1};
	bool killed = unit == POINT_CALL || step_possible();
	long points = 0;

	while (killed) {
		struct deadly d = {.heap = new_heap()};
		long long empty = footprint(d.heap);
		prepare(&d);
		size_t used = census(d.heap).used;
		struct point point = {.unit = unit, .at = 1 + points * stride[unit]};
		row_step("killed at %s %ld", names[unit], point.at);
		killed = killed_at(&point, work, &d);
		points += killed;
		struct census after = census(d.heap);
		size_t now = after.used;
		TRUE(now == used || now == used + (size_t)change,
		    "%zu blocks were used, now %zu: the killed call has happened, or not", used,
		    now);
		TRUE(killed || now != used, "who was not killed has done it");
		/* (Watching for stores touches pages, which makes them.) */
		TRUE(unit == POINT_STORE ||
			 footprint(d.heap) <= empty + (long long)after.arena_bytes,
		    "no memory is left that belongs to no arena");
		if (d.again && now != used) {
			uint64_t again = block(d.heap, d.size);
			EQUAL(again, d.offset);
		}
		go_on(d.heap);
		clear(d.heap);
		EQUAL(footprint(d.heap), empty);
		mp_heap_free(d.heap);
	}
	return points;
}

/* Used, free, used, free, free, used: the piece that is wanted is made of two, and cut. */
static void
with_holes(struct deadly *d)
{
	uint64_t offset[6];

	for (size_t i = 0; i < 6; i++)
		offset[i] = block(d->heap, 200);
	OK(mp_heap_dealloc(d->heap, offset[1]));
	OK(mp_heap_dealloc(d->heap, offset[3]));
	OK(mp_heap_dealloc(d->heap, offset[4]));
	d->size = 300;
	d->offset = offset[2];
}

static void
with_neighbours(struct deadly *d)
{
	for (size_t i = 0; i < 6; i++) {
		uint64_t offset = block(d->heap, 200);
		if (i == 2)
			d->offset = offset;
	}
	d->size = 200;
	d->again = true;
}

static void
with_nothing(struct deadly *d)
{
	d->size = 300;
}

static void
with_the_last(struct deadly *d)
{
	d->offset = block(d->heap, 300);
}

ROW("shm.4/alloc", 3, "killed at any store in alloc: the heap is sound, and the others go on",
    .seconds = 10)
{
	long points = die_everywhere(POINT_STORE, with_holes, allocate, 1);

	TRUE(points >= 3 || !step_possible(), "there are stores to die at, not only %ld", points);
}

ROW("shm.4/dealloc", 2, "killed at any store in dealloc: the heap is sound, and the others go on",
    .seconds = 10)
{
	long points = die_everywhere(POINT_STORE, with_holes, give_back, -1) +
		      die_everywhere(POINT_STORE, with_neighbours, give_back, -1);

	TRUE(points >= 3 || !step_possible(), "there are stores to die at, not only %ld", points);
}

ROW("shm.4/arena", 3, "killed while an arena comes or goes: no memory is lost for it",
    .seconds = 10)
{
	long grow = die_everywhere(POINT_STORE, with_nothing, allocate, 1) +
		    die_everywhere(POINT_CALL, with_nothing, allocate, 1);
	long drop = die_everywhere(POINT_STORE, with_the_last, give_back, -1) +
		    die_everywhere(POINT_CALL, with_the_last, give_back, -1);

	TRUE((grow >= 4 && drop >= 4) || !step_possible(), "there are points to die at: %ld, %ld",
	    grow, drop);
}

ROW("shm.4/anywhere", 1, "killed at every 19th instruction of alloc and dealloc: the others go on",
    .seconds = 10)
{
	long points = die_everywhere(POINT_INSTRUCTION, with_holes, allocate, 1) +
		      die_everywhere(POINT_INSTRUCTION, with_neighbours, give_back, -1);

	TRUE(points >= 10 || !step_possible(), "there are instructions to die at, not only %ld",
	    points);
}

ROW("shm.4/waits", 1, "who waits for the heap of a process that is killed in it is let in",
    .seconds = 2)
{
	struct deadly d = {.heap = new_heap()};
	const struct point inside = {.unit = POINT_STORE, .at = 3, .signal = SIGSTOP};
	int status;

	with_holes(&d);
	if (step_possible()) {
		fflush(NULL);
		pid_t holder = fork();
		if (holder == 0)
			_exit(point_through(&inside, allocate, &d));
		EQUAL(waitpid(holder, &status, WUNTRACED), holder);
		TRUE(WIFSTOPPED(status), "the holder has stopped in the heap");
		struct mp_process *waiter = started(allocate, &d, NULL);
		await_sleep(mp_process_pid(waiter));
		EQUAL(mp_process_is_alive(waiter), 1);
		EQUAL(kill(holder, SIGKILL), 0);
		waited(holder);
		EQUAL(finished(waiter), 0);
	}
	clear(d.heap);
	mp_heap_free(d.heap);
}

/* --- shm.5: Value and Array ------------------------------------------------------------------------ */

static struct mp_shared *
value(char code, struct mp_lock *lock)
{
	struct mp_shared *shared_value = NULL;

	OK(mp_shared_value(&shared_value, code, lock));
	return shared_value;
}

static struct mp_shared *
array(char code, size_t length, struct mp_lock *lock)
{
	struct mp_shared *shared_array = NULL;

	OK(mp_shared_array(&shared_array, code, length, lock));
	return shared_array;
}

static int64_t
int_at(struct mp_shared *s, size_t i)
{
	int64_t number = 0;

	OK(mp_shared_get_int(s, i, &number));
	return number;
}

static double
float_at(struct mp_shared *s, size_t i)
{
	double number = 0;

	OK(mp_shared_get_float(s, i, &number));
	return number;
}

/* What each code is in C, and the numbers that its type can hold. */
static const struct {
	char code;
	size_t size;
	int64_t low, high;
} codes[] = {
    {'c', 1, 0, 255},
    {'u', sizeof(wchar_t), 0, 0x10ffff},
    {'b', 1, -128, 127},
    {'B', 1, 0, 255},
    {'h', 2, -32768, 32767},
    {'H', 2, 0, 65535},
    {'i', 4, INT32_MIN, INT32_MAX},
    {'I', 4, 0, UINT32_MAX},
    {'l', sizeof(long), LONG_MIN, LONG_MAX},
    {'L', sizeof(long), 0, LONG_MAX},
    {'q', 8, INT64_MIN, INT64_MAX},
    {'Q', 8, 0, INT64_MAX},
};
#define CODES (sizeof(codes) / sizeof(codes[0]))

ROW("shm.5/codes", 1, "each code is its C type: so many bytes, these numbers and no others", TIDY)
{
	struct mp_shared *s;
	int64_t number = 77;

	for (size_t i = 0; i < CODES; i++) {
		row_step("code %c", codes[i].code);
		s = array(codes[i].code, 3, NULL);
		EQUAL(mp_shared_code(s), codes[i].code);
		EQUAL(mp_shared_length(s), 3);
		EQUAL(mp_shared_itemsize(s), codes[i].size);
		OK(mp_shared_set_int(s, 1, codes[i].low));
		EQUAL(int_at(s, 1), codes[i].low);
		OK(mp_shared_set_int(s, 1, codes[i].high));
		EQUAL(int_at(s, 1), codes[i].high);
		if (codes[i].low != INT64_MIN)
			FAILS(mp_shared_set_int(s, 1, codes[i].low - 1), MP_OVERFLOW);
		if (codes[i].high != INT64_MAX)
			FAILS(mp_shared_set_int(s, 1, codes[i].high + 1), MP_OVERFLOW);
		EQUAL(int_at(s, 1), codes[i].high);
		EQUAL(int_at(s, 0), 0);
		EQUAL(int_at(s, 2), 0);
		mp_shared_free(s);
	}
	s = value('Q', NULL);
	*MP_SHARED(unsigned long long, s) = UINT64_MAX;
	FAILS(mp_shared_get_int(s, 0, &number), MP_OVERFLOW);
	EQUAL(number, 77);
	mp_shared_free(s);
}

ROW("shm.5/floats", 1, "f and d hold floats; what is not of the type is refused", TIDY)
{
	struct mp_shared *d = value('d', NULL), *f = array('f', 2, NULL), *i = value('i', NULL);
	struct mp_shared *none = NULL;
	int64_t number = 77;
	double real = 77;

	EQUAL(mp_shared_itemsize(d), sizeof(double));
	EQUAL(mp_shared_itemsize(f), sizeof(float));
	OK(mp_shared_set_float(d, 0, 0.1));
	TRUE(float_at(d, 0) == 0.1, "a double is the same number again");
	OK(mp_shared_set_float(f, 1, 0.1));
	TRUE(float_at(f, 1) == (double)0.1f, "a float is the nearest float");
	OK(mp_shared_set_int(d, 0, 3));
	TRUE(float_at(d, 0) == 3.0, "a whole number is a float, too");
	FAILS(mp_shared_get_int(d, 0, &number), MP_KIND);
	FAILS(mp_shared_get_float(i, 0, &real), MP_KIND);
	FAILS(mp_shared_set_float(i, 0, 1.5), MP_KIND);
	TRUE(number == 77 && real == 77, "a failed call leaves its out-parameter untouched");
	FAILS(mp_shared_value(&none, 'x', NULL), MP_KIND);
	FAILS(mp_shared_array(&none, 'd', SIZE_MAX / 4, NULL), -ENOMEM);
	TRUE(none == NULL, "a failed call leaves its out-parameter untouched");
	mp_shared_free(d);
	mp_shared_free(f);
	mp_shared_free(i);
	mp_shared_free(NULL);
}

struct five {
	struct mp_shared *i, *d, *h, *q, *c;
};

static int
change_all(void *arg)
{
	struct five *v = arg;

	*MP_SHARED(int, v->i) = -7;
	*MP_SHARED(double, v->d) = 3.5;
	*MP_SHARED(short, v->h) = 12345;
	*MP_SHARED(long long, v->q) = INT64_MIN;
	*MP_SHARED(char, v->c) = 'x';
	return int_at(v->i, 0) != -7;
}

/* 78 */
ROW("shm.5/child", 1, "what a child changes in a Value, its parent sees", TIDY)
{
	struct five v = {value('i', NULL), value('d', NULL), value('h', NULL), value('q', NULL),
	    value('c', NULL)};

	EQUAL(finished(started(change_all, &v, NULL)), 0);
	EQUAL(int_at(v.i, 0), -7);
	TRUE(float_at(v.d, 0) == 3.5, "the double is the child's");
	EQUAL(int_at(v.h, 0), 12345);
	EQUAL(int_at(v.q, 0), INT64_MIN);
	EQUAL(int_at(v.c, 0), 'x');
	TRUE(MP_SHARED(char, v.i) == NULL, "there is no pointer of another size");
	mp_shared_free(v.i);
	mp_shared_free(v.d);
	mp_shared_free(v.h);
	mp_shared_free(v.q);
	mp_shared_free(v.c);
}

/* 79 */
ROW("shm.5/zero", 1, "an array is zero, also in memory that another was in before", TIDY)
{
	struct mp_shared *first, *keep = value('i', NULL);

	for (int round = 0; round < 3; round++) {
		first = array('i', 100, NULL);
		for (size_t i = 0; i < 100; i++)
			EQUAL(MP_SHARED(int, first)[i], 0);
		memset(MP_SHARED(int, first), 0xff, 100 * sizeof(int));
		mp_shared_free(first);
	}
	mp_shared_free(keep);
}

ROW("shm.5/slices", 1,
    "several elements are copied in and out together; an index too far is refused", TIDY)
{
	struct mp_shared *s = array('h', 10, NULL);
	short in[4] = {1, 2, 3, 4}, out[4] = {0};
	int64_t number;

	OK(mp_shared_write(s, 6, 4, in));
	OK(mp_shared_read(s, 6, 4, out));
	EQUAL(memcmp(in, out, sizeof(in)), 0);
	EQUAL(int_at(s, 5), 0);
	OK(mp_shared_read(s, 10, 0, out));
	FAILS(mp_shared_read(s, 7, 4, out), MP_NO_INDEX);
	FAILS(mp_shared_write(s, 11, 0, in), MP_NO_INDEX);
	FAILS(mp_shared_write(s, 1, SIZE_MAX, in), MP_NO_INDEX);
	FAILS(mp_shared_get_int(s, 10, &number), MP_NO_INDEX);
	FAILS(mp_shared_set_int(s, SIZE_MAX, 1), MP_NO_INDEX);
	EQUAL(int_at(s, 9), 4);
	mp_shared_free(s);
}

ROW("shm.5/locks", 1, "a recursive lock of its own, a given one, or none", TIDY)
{
	struct mp_lock *given = NULL;
	OK(mp_lock_new(&given));
	struct mp_shared *own = value('i', NULL), *other = value('i', given),
			 *third = value('i', given), *none = value('i', MP_UNLOCKED);

	OK(mp_shared_acquire(own, 0));
	OK(mp_shared_acquire(own, 0));
	OK(mp_shared_set_int(own, 0, 5)); /* takes it a third time */
	OK(mp_shared_release(own));
	OK(mp_shared_release(own));
	FAILS(mp_shared_release(own), MP_NOT_OWNER);
	TRUE(mp_shared_lock(other) == given, "the given lock is used");
	OK(mp_shared_acquire(other, 0));
	FAILS(mp_shared_acquire(third, 0), MP_TIMEOUT);
	OK(mp_shared_release(third));
	TRUE(mp_shared_lock(none) == NULL, "without a lock there is none");
	OK(mp_shared_acquire(none, 0));
	OK(mp_shared_acquire(none, 0));
	OK(mp_shared_release(none));
	mp_lock_free(given); /* the objects have references of their own */
	OK(mp_shared_set_int(other, 0, 6));
	mp_shared_free(own);
	mp_shared_free(other);
	mp_shared_free(third);
	mp_shared_free(none);
}

struct locked {
	struct mp_shared *s;
	struct gate held, end;
};

static int
hold_it(void *arg)
{
	struct locked *l = arg;

	int error = mp_shared_acquire(l->s, MP_FOREVER);
	gate_open(&l->held);
	gate_wait(&l->end);
	return error || mp_shared_release(l->s);
}

static int
get_it(void *arg)
{
	struct locked *l = arg;

	gate_open(&l->end); /* its copy: or the holder would wait for us, too */
	return int_at(l->s, 0) != 1;
}

ROW("shm.5/excludes", 1, "get, set, read and write wait for who has the lock", .seconds = 2, TIDY)
{
	struct locked l = {.s = value('i', NULL)};
	gate_init(&l.held);
	gate_init(&l.end);
	struct mp_process *holder = started(hold_it, &l, NULL);

	gate_wait(&l.held);
	FAILS(mp_shared_acquire(l.s, 0), MP_TIMEOUT);
	struct mp_process *getter = started(get_it, &l, NULL);
	await_sleep(mp_process_pid(getter));
	*MP_SHARED(int, l.s) = 1; /* not seen, if it did not wait */
	gate_open(&l.end);
	EQUAL(finished(getter), 0);
	EQUAL(finished(holder), 0);
	mp_shared_free(l.s);
	gate_release(&l.held);
	gate_release(&l.end);
}

#define TIMES 100000

static int
count_up(void *arg)
{
	struct mp_shared *s = arg;

	for (int i = 0; i < TIMES; i++) {
		if (mp_shared_acquire(s, MP_FOREVER))
			return 1;
		int before = *MP_SHARED(int, s);
		if (i % 1000 == 0)
			sched_yield(); /* now the other one, if it may */
		*MP_SHARED(int, s) = before + 1;
		if (mp_shared_release(s))
			return 2;
	}
	return 0;
}

/* 80 */
ROW("shm.5/crowd", 2, "two processes that count to 100,000 under the lock have counted 200,000",
    TIDY)
{
	struct mp_shared *s = value('i', NULL);
	struct mp_process *a = started(count_up, s, NULL), *b = started(count_up, s, NULL);

	EQUAL(finished(a), 0);
	EQUAL(finished(b), 0);
	EQUAL(int_at(s, 0), 2 * TIMES);
	mp_shared_free(s);
}

/* Memory in files without a name that this process has open, in bytes. */
static long long
nameless(void)
{
	long long bytes = 0;
	char link[32], target[64];
	struct stat stat;

	for (int fd = 0; fd < 256; fd++) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		ssize_t n = readlink(link, target, sizeof(target) - 1);
		if (n > 7 && !strncmp(target, "/memfd:", 7) && !fstat(fd, &stat))
			bytes += (long long)stat.st_blocks * 512;
	}
	return bytes;
}

static int
make_own(void *arg)
{
	struct mp_shared *parents = arg, *own;

	if (mp_shared_array(&own, 'q', MEGA, MP_UNLOCKED))
		return 1;
	memset(MP_SHARED(long long, own), 0xee, MEGA * sizeof(long long));
	mp_shared_free(parents); /* in this process: the parent's stays */
	raise(SIGKILL);
	return 0;
}

ROW("shm.5/family", 1, "a child frees nothing of its parent's, and leaves nothing of its own", TIDY)
{
	struct mp_shared *first = array('q', 500, MP_UNLOCKED), *second;
	long long before = nameless();

	memset(MP_SHARED(long long, first), 0x11, 500 * sizeof(long long));
	EQUAL(finished(started(make_own, first, NULL)), -SIGKILL);
	EQUAL(nameless(), before);
	second = array('q', 500, MP_UNLOCKED);
	for (size_t i = 0; i < 500; i++) {
		EQUAL(MP_SHARED(long long, second)[i], 0);
		MP_SHARED(long long, second)[i] = -1;
	}
	for (size_t i = 0; i < 500; i++)
		EQUAL(MP_SHARED(long long, first)[i], 0x1111111111111111);
	mp_shared_free(first);
	mp_shared_free(second);
}

/* Both halves are the same number, or somebody died between them. */
static int
set_both(void *arg)
{
	struct mp_shared *s = arg;
	int error = mp_shared_acquire(s, MP_FOREVER);

	if (error)
		return 1;
	MP_SHARED(int, s)[0]++;
	MP_SHARED(int, s)[1]++;
	return mp_shared_release(s) ? 2 : 0;
}

struct deaths {
	long points, told, torn;
};

/* Killed at point 1, 1 + stride, ...: the next one has the lock, and is told, or finds all
 * whole. */
static struct deaths
die_locked(struct mp_shared *s, enum point_unit unit, long stride)
{
	struct point point = {.unit = unit, .at = 1};
	struct deaths deaths = {0};
	int *both = MP_SHARED(int, s);

	for (; step_possible() && killed_at(&point, set_both, s); point.at += stride) {
		row_step(
		    "killed at %s %ld", unit == POINT_STORE ? "store" : "instruction", point.at);
		int error = mp_shared_acquire(s, 10);
		TRUE(error == 0 || error == MP_OWNER_DIED, "the lock is to be had, not %s",
		    mp_error_name(error));
		TRUE(
		    both[0] == both[1] || error == MP_OWNER_DIED, "who is not told finds it whole");
		deaths.points++;
		deaths.told += error == MP_OWNER_DIED;
		deaths.torn += both[0] != both[1];
		both[0] = both[1];
		OK(mp_shared_release(s));
	}
	return deaths;
}

ROW("shm.5/killed", 3, "killed at any store of a locked change: the next is told, or all is whole",
    .seconds = 10)
{
	struct mp_shared *s = array('i', 2, NULL);

	EQUAL(waited(forked(set_both, s)), 0);
	struct deaths stores = die_locked(s, POINT_STORE, 1);
	struct deaths between = die_locked(s, POINT_INSTRUCTION, 17);
	TRUE(!step_possible() || (stores.points >= 4 && stores.told >= 2 && stores.torn == 1),
	    "of %ld stores %ld were told and %ld torn", stores.points, stores.told, stores.torn);
	TRUE(!step_possible() || between.points >= 5, "of %ld instructions %ld were told",
	    between.points, between.told);
	mp_shared_free(s);
}

static int
set_nine(void *arg)
{
	int error = mp_shared_set_int(arg, 0, 9);

	return error == 0 || error == MP_OWNER_DIED ? 0 : 1;
}

ROW("shm.5/told", 1, "get and set do their work although the owner died, and say that it did", TIDY)
{
	struct mp_lock *given = NULL;
	OK(mp_lock_new(&given));
	struct mp_shared *s = value('i', given);
	struct locked l = {.s = s};
	int64_t number = 0;

	for (int round = 0; round < 2; round++) {
		gate_init(&l.held);
		gate_init(&l.end);
		struct mp_process *holder = started(hold_it, &l, NULL);
		gate_wait(&l.held);
		OK(mp_process_kill(holder));
		EQUAL(finished(holder), -SIGKILL);
		if (round == 0)
			FAILS(mp_shared_set_int(s, 0, 9), MP_OWNER_DIED);
		else
			FAILS(mp_shared_get_int(s, 0, &number), MP_OWNER_DIED);
		EQUAL(*MP_SHARED(int, s), 9);
		OK(mp_shared_acquire(s, 0));
		OK(mp_shared_release(s));
		gate_release(&l.held);
		gate_release(&l.end);
	}
	EQUAL(number, 9);
	EQUAL(finished(started(set_nine, s, NULL)), 0);
	mp_lock_free(given);
	mp_shared_free(s);
}

/* --- shm.6: ShareableList ------------------------------------------------------------------------------ */

/* A list of these items; they are freed. */
static struct mp_shareable_list *
listed(struct mp_value *items, const char *name)
{
	struct mp_shareable_list *list = NULL;

	TRUE(items != NULL, "there is memory for the items");
	OK(mp_shareable_list_create(&list, items, name));
	mp_value_free(items);
	return list;
}

static void
unlisted(struct mp_shareable_list *list)
{
	OK(mp_shared_memory_unlink(mp_shareable_list_shm(list)));
	mp_shareable_list_free(list);
}

/* Item i, as Python would print it. */
static const char *
item(const struct mp_shareable_list *list, size_t i)
{
	static char kept[4][64];
	static int next;
	struct mp_value *v = NULL;
	char *text = NULL;

	OK(mp_shareable_list_get(list, i, &v));
	OK(mp_value_repr(v, &text));
	next = (next + 1) % 4;
	snprintf(kept[next], sizeof(kept[next]), "%s", text);
	free(text);
	mp_value_free(v);
	return kept[next];
}

static int
set(struct mp_shareable_list *list, size_t i, struct mp_value *v)
{
	int error = mp_shareable_list_set(list, i, v);

	mp_value_free(v);
	return error;
}

static struct mp_value *
six_items(void)
{
	return mp_list(mp_int(7), mp_float(1.5), mp_bool(true), mp_none(), mp_str("ab"),
	    mp_bytes("xyz12345", 8));
}

/* What CPython 3.9 to 3.13 write for [7, 1.5, True, None, 'ab', b'xyz12345']. */
static const char cpython[] = "\6\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\0\0"
			      "\10\0\0\0\0\0\0\0"
			      "\20\0\0\0\0\0\0\0"
			      "\30\0\0\0\0\0\0\0"
			      "\40\0\0\0\0\0\0\0"
			      "\50\0\0\0\0\0\0\0"
			      "\70\0\0\0\0\0\0\0"
			      "\7\0\0\0\0\0\0\0"
			      "\0\0\0\0\0\0\370\77"
			      "\0\0\0\0\0\0\0\1"
			      "\0\0\0\0\0\0\0\0"
			      "ab\0\0\0\0\0\0"
			      "xyz12345\0\0\0\0\0\0\0\0"
			      "q\0\0\0\0\0\0\0"
			      "d\0\0\0\0\0\0\0"
			      "xxxxxxx?"
			      "xxxxxx?x"
			      "8s\0\0\0\0\0\0"
			      "16s\0\0\0\0\0"
			      "\0\0\0\3\1\2";
#define CPYTHON (sizeof(cpython) - 1)

ROW("shm.6/bytes", 2, "the six items of the example are CPython's 174 bytes, and no other", TIDY)
{
	struct mp_shareable_list *list = listed(six_items(), NULL);
	const struct mp_shared_memory *memory = mp_shareable_list_shm(list);
	const char *bytes = mp_shared_memory_buf(memory);

	EQUAL(CPYTHON, 174);
	EQUAL(mp_shared_memory_size(memory), 174);
	for (size_t i = 0; i < CPYTHON; i++) {
		row_step("byte %zu", i);
		EQUAL((unsigned char)bytes[i], (unsigned char)cpython[i]);
	}
	unlisted(list);
	untracked();
}

ROW("shm.6/reads", 1, "what CPython has written is read: every kind, and how many", TIDY)
{
	struct mp_shared_memory *memory = created(own_name("list"), CPYTHON);
	struct mp_shareable_list *list = NULL;

	memcpy(mp_shared_memory_buf(memory), cpython, CPYTHON);
	OK(mp_shareable_list_attach(&list, mp_shared_memory_name(memory)));
	EQUAL(mp_shareable_list_len(list), 6);
	EQUAL_TEXT(item(list, 0), "7");
	EQUAL_TEXT(item(list, 1), "1.5");
	EQUAL_TEXT(item(list, 2), "True");
	EQUAL_TEXT(item(list, 3), "None");
	EQUAL_TEXT(item(list, 4), "'ab'");
	EQUAL_TEXT(item(list, 5), "b'xyz12345'");
	mp_shareable_list_free(list);
	OK(mp_shared_memory_unlink(memory));
	mp_shared_memory_free(memory);
	untracked();
}

static int
set_by_name(void *arg)
{
	struct mp_shareable_list *list;

	if (mp_shareable_list_attach(&list, arg))
		return 1;
	if (set(list, 0, mp_int(-5)) || set(list, 4, mp_str("äöü")) || set(list, 5, mp_none()))
		return 2;
	mp_shareable_list_free(list);
	return 0;
}

ROW("shm.6/sets", 1, "items are set by whoever knows the name, also to another kind", TIDY)
{
	char name[64];
	strcpy(name, own_name("sets"));
	struct mp_shareable_list *list = listed(six_items(), name);

	EQUAL(finished(started(set_by_name, name, NULL)), 0);
	EQUAL_TEXT(item(list, 0), "-5");
	EQUAL_TEXT(item(list, 4), "'äöü'");
	EQUAL_TEXT(item(list, 5), "None");
	OK(set(list, 0, mp_str("12345678"))); /* eight bytes, where a number was */
	EQUAL_TEXT(item(list, 0), "'12345678'");
	OK(set(list, 5, mp_bytes("sixteen bytes 16", 16)));
	EQUAL_TEXT(item(list, 5), "b'sixteen bytes 16'");
	OK(set(list, 5, mp_bool(false)));
	EQUAL_TEXT(item(list, 5), "False");
	OK(set(list, 5, mp_str("x")));
	EQUAL_TEXT(item(list, 5), "'x'");
	EQUAL_TEXT(item(list, 1), "1.5");
	EQUAL_TEXT(item(list, 3), "None");
	unlisted(list);
	untracked();
}

ROW("shm.6/refused", 1,
    "too long, no such index, not of its kinds: refused, and the item is as before", TIDY)
{
	static const unsigned char huge[9] = {[8] = 1}; /* 2 to the 64th */
	struct mp_shareable_list *list = listed(six_items(), NULL), *none = NULL;
	struct mp_value *v = NULL, *bad;

	FAILS(set(list, 4, mp_str("123456789")), MP_NO_ROOM);
	FAILS(set(list, 4, mp_str("äöüäö")), MP_NO_ROOM); /* five characters, ten bytes */
	EQUAL_TEXT(item(list, 4), "'ab'");
	FAILS(set(list, 5, mp_bytes("seventeen bytes17", 17)), MP_NO_ROOM);
	FAILS(set(list, 0, mp_list()), MP_KIND);
	FAILS(set(list, 0, mp_int_n(huge, sizeof(huge))), MP_OVERFLOW);
	FAILS(set(list, 5, mp_bytes("nul\0", 4)), MP_INVALID);
	FAILS(set(list, 6, mp_int(1)), MP_NO_INDEX);
	FAILS(mp_shareable_list_get(list, 6, &v), MP_NO_INDEX);
	FAILS(mp_shareable_list_get(list, SIZE_MAX, &v), MP_NO_INDEX);
	EQUAL_TEXT(item(list, 0), "7");
	EQUAL_TEXT(item(list, 5), "b'xyz12345'");
	bad = mp_list(mp_int(1), mp_dict());
	FAILS(mp_shareable_list_create(&none, bad, own_name("bad")), MP_KIND);
	FAILS(mp_shareable_list_create(&none, mp_value_at(bad, 0), own_name("bad")), MP_KIND);
	TRUE(!exists(own_name("bad")), "a refused list leaves no name");
	FAILS(mp_shareable_list_attach(&none, own_name("bad")), -ENOENT);
	mp_value_free(bad);
	unlisted(list);
	untracked();
}

ROW("shm.6/finds", 1, "count and index compare as Python does; an empty list is a list", TIDY)
{
	struct mp_shareable_list *list =
	    listed(mp_list(mp_int(1), mp_str("a"), mp_float(1.0), mp_bool(true)), NULL);
	struct mp_value *one = mp_int(1), *a = mp_str("a"), *b = mp_str("b");

	EQUAL(mp_shareable_list_count(list, one), 3);
	EQUAL(mp_shareable_list_index(list, a), 1);
	EQUAL(mp_shareable_list_count(list, b), 0);
	FAILS(mp_shareable_list_index(list, b), MP_INVALID);
	unlisted(list);
	list = listed(mp_tuple(), NULL);
	EQUAL(mp_shareable_list_len(list), 0);
	FAILS(mp_shareable_list_index(list, a), MP_INVALID);
	unlisted(list);
	mp_value_free(one);
	mp_value_free(a);
	mp_value_free(b);
	untracked();
}

/* Every answer will do, but there must be one. */
static void
ask_everything(struct mp_shareable_list *list)
{
	struct mp_value *v;

	for (size_t i = 0; i < mp_shareable_list_len(list); i++)
		if (mp_shareable_list_get(list, i, &v) == 0)
			mp_value_free(v);
	if (mp_shareable_list_len(list)) {
		int error = set(list, mp_shareable_list_len(list) - 1, mp_str("x"));
		TRUE(error <= 0, "set answers");
	}
}

ROW("shm.6/hostile", 1, "whatever stands in the memory, a call answers, or says that it is damaged",
    TIDY)
{
	/* At the very end of the mapping: a step outside is a step too far. */
	char name[64];
	strcpy(name, own_name("hostile"));
	struct mp_shared_memory *memory = created(name, CPYTHON);
	unsigned char *bytes = mp_shared_memory_buf(memory);
	struct mp_shareable_list *list;
	unsigned seed = 6;

	for (int round = 0; round < 3000; round++) {
		memcpy(bytes, cpython, CPYTHON);
		bytes[(size_t)rand_r(&seed) % CPYTHON] = (unsigned char)rand_r(&seed);
		bytes[(size_t)rand_r(&seed) % 64] ^= (unsigned char)(1 << rand_r(&seed) % 8);
		int error = mp_shareable_list_attach(&list, name);
		TRUE(error == 0 || error == MP_DAMAGED, "attach answers");
		if (error == 0) {
			ask_everything(list);
			mp_shareable_list_free(list);
		}
	}
	memcpy(bytes, cpython, CPYTHON);
	memset(bytes, 0xff, 8);
	FAILS(mp_shareable_list_attach(&list, name), MP_DAMAGED);
	memcpy(bytes, cpython, CPYTHON);
	OK(mp_shareable_list_attach(&list, name));
	bytes[8 * 7 + 3] = 0x40; /* the offset behind the last item: far outside */
	struct mp_value *v = NULL;
	FAILS(mp_shareable_list_get(list, 5, &v), MP_DAMAGED);
	mp_shareable_list_free(list);
	OK(mp_shared_memory_unlink(memory));
	mp_shared_memory_free(memory);
	untracked();
}

static int
set_text(void *arg)
{
	return set(arg, 4, mp_str("cdefgh"));
}

ROW("shm.6/killed", 1, "killed at any store of a set: the others still read and set", .seconds = 10)
{
	struct mp_shareable_list *list = listed(six_items(), NULL);
	struct point point = {.unit = POINT_STORE, .at = 1};
	struct mp_value *v;

	EQUAL(waited(forked(set_text, list)), 0);
	OK(set(list, 4, mp_int(7)));
	for (; step_possible() && killed_at(&point, set_text, list); point.at++) {
		row_step("killed at store %ld", point.at);
		if (mp_shareable_list_get(list, 4, &v) == 0)
			mp_value_free(v);
		EQUAL_TEXT(item(list, 5), "b'xyz12345'");
		EQUAL_TEXT(item(list, 3), "None");
		OK(set(list, 4, mp_int(7)));
		EQUAL_TEXT(item(list, 4), "7");
	}
	TRUE(point.at >= 3 || !step_possible(), "there are stores to die at: %ld", point.at - 1);
	unlisted(list);
	untracked();
}

/* --- shm.7: to processes that inherit nothing ----------------------------------------------------------- */

static int
change_named(struct mp_value *args)
{
	struct mp_shared_memory *memory =
	    mp_value_object(mp_value_at(args, 0), &mp_shared_memory_class);
	struct mp_shareable_list *list =
	    mp_value_object(mp_value_at(args, 1), &mp_shareable_list_class);

	if (!memory || !list || mp_shared_memory_size(memory) != 5000)
		return 1;
	strcpy(mp_shared_memory_buf(memory), "from the child");
	return set(list, 4, mp_str("started")) ? 2 : 0;
}
MP_REGISTER(change_named);

ROW("shm.7/named", 1, "by each start method segments and lists reach the child, by their names",
    .seconds = 10)
{
	struct mp_shared_memory *memory = created(NULL, 5000);
	struct mp_shareable_list *list = listed(six_items(), NULL);

	guarded();
	for (size_t i = 0; i < METHODS; i++) {
		strcpy(mp_shared_memory_buf(memory), "");
		OK(set(list, 4, mp_str("")));
		EQUAL(finished(called(methods[i], change_named,
			  mp_tuple(mp_object(&mp_shared_memory_class, memory),
			      mp_object(&mp_shareable_list_class, list)))),
		    0);
		EQUAL_TEXT(mp_shared_memory_buf(memory), "from the child");
		EQUAL_TEXT(item(list, 4), "'started'");
		TRUE(exists(mp_shared_memory_name(memory)), "the child's end unlinks nothing");
	}
	unlisted(list);
	OK(mp_shared_memory_unlink(memory));
	mp_shared_memory_free(memory);
	let_helpers_go();
}

static int
change_offsets(struct mp_value *args)
{
	struct mp_shared *one = mp_value_object(mp_value_at(args, 0), &mp_shared_class);
	struct mp_shared *ten = mp_value_object(mp_value_at(args, 1), &mp_shared_class);
	struct mp_heap *heap = mp_value_object(mp_value_at(args, 2), &mp_heap_class);
	int64_t offset;

	if (!one || !ten || !heap || mp_value_int(mp_value_at(args, 3), &offset))
		return 1;
	if (mp_shared_set_int(one, 0, 42) || mp_shared_length(ten) != 10 ||
	    mp_shared_set_float(ten, 9, 2.5))
		return 2;
	strcpy(mp_heap_at(heap, (uint64_t)offset), "by offset");
	return 0;
}
MP_REGISTER(change_offsets);

ROW("shm.7/offsets", 2,
    "by each start method Value, Array and heap reach the child: a descriptor and an offset",
    .seconds = 10)
{
	struct mp_shared *one = value('i', MP_UNLOCKED), *ten = array('d', 10, MP_UNLOCKED);
	struct mp_heap *heap = new_heap();
	uint64_t offset = block(heap, 100);

	guarded();
	for (size_t i = 0; i < METHODS; i++) {
		OK(mp_shared_set_int(one, 0, 0));
		OK(mp_shared_set_float(ten, 9, 0));
		strcpy(mp_heap_at(heap, offset), "");
		EQUAL(
		    finished(called(methods[i], change_offsets,
			mp_tuple(mp_object(&mp_shared_class, one), mp_object(&mp_shared_class, ten),
			    mp_object(&mp_heap_class, heap), mp_int((int64_t)offset)))),
		    0);
		EQUAL(int_at(one, 0), 42);
		TRUE(float_at(ten, 9) == 2.5, "the array's last is the child's");
		EQUAL_TEXT(mp_heap_at(heap, offset), "by offset");
		EQUAL(census(heap).used, 1);
	}
	mp_shared_free(one);
	mp_shared_free(ten);
	mp_heap_free(heap);
	let_helpers_go();
}

static int
count_in(struct mp_value *args)
{
	struct mp_shared *count = mp_value_object(mp_value_at(args, 0), &mp_shared_class);
	struct mp_shared *list = mp_value_object(mp_value_at(args, 1), &mp_shared_class);

	if (!count || !list || !mp_shared_lock(count))
		return 1;
	if (count_up(count))
		return 2;
	/* One lock guards both: who has it by one has it by the other. */
	if (mp_shared_acquire(list, MP_FOREVER) || mp_shared_acquire(count, 0))
		return 3;
	++*MP_SHARED(int, list);
	return mp_shared_release(count) || mp_shared_release(list) ? 4 : 0;
}
MP_REGISTER(count_in);

ROW("shm.7/locked", 2, "one child of each start method counts under the lock that came along",
    .seconds = 10)
{
	struct mp_lock *lock = NULL;
	struct mp_process *p[METHODS];
	OK(mp_rlock_new(&lock));
	struct mp_shared *count = value('i', lock), *list = array('i', 5, lock);

	guarded();
	for (size_t i = 0; i < METHODS; i++)
		p[i] = called(methods[i], count_in,
		    mp_tuple(
			mp_object(&mp_shared_class, count), mp_object(&mp_shared_class, list)));
	for (size_t i = 0; i < METHODS; i++)
		EQUAL(finished(p[i]), 0);
	EQUAL(int_at(count, 0), 3 * TIMES);
	EQUAL(int_at(list, 0), 3);
	mp_lock_free(lock);
	mp_shared_free(count);
	mp_shared_free(list);
	let_helpers_go();
}

ROW("shm.7/refused", 1, "outside of a start there is nobody to inherit it: refused")
{
	struct mp_shared *one = value('i', MP_UNLOCKED);
	struct mp_value *v = mp_object(&mp_shared_class, one);
	void *data = NULL;
	size_t size;

	FAILS(mp_pickle_dumps(v, &data, &size, NULL), MP_NOT_SPAWNING);
	TRUE(data == NULL, "a failed call leaves its out-parameter untouched");
	mp_value_free(v);
	mp_shared_free(one);
}
