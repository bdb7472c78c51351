/* SPDX-License-Identifier: MIT */
/*
 * Memory that a family of processes shares: pieces of memfds. Given: nothing to do here.
 *
 * A process cuts pieces only from arenas that it made itself: a child has its parent's, too,
 * and would cut the same piece again. A piece is never cut twice. An arena is unmapped when
 * all its pieces have been given back in this process, and its pages are freed when that is
 * so in all processes: the kernel counts. A spawned child is given the memfd, and says where
 * in it a piece lies. An arena begins with notes of what lies in it, for whoever looks from
 * outside: docs/stuck.md.
 *
 * Handout: labs/06-lock/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/io.h>
#include <mp/value.h>

#define ARENA_SIZE (size_t)(128 << 10)
#define ALIGNED(n) (((n) + 63) & ~(size_t)63)

/* At the start of each arena. What a note says: docs/stuck.md. */
struct notes {
	char magic[8];
	uint32_t version;
	_Atomic uint32_t count;
	struct note {
		uint32_t kind, words, words_size, holder, posters, posters_size;
		char name[40];
	} note[127];
};

struct arena {
	struct arena *older;
	pid_t maker; /* 0: it came from another process */
	int fd;
	unsigned char *memory;
	size_t size, used;
	unsigned pieces; /* that this process has and has not given back */
};

/* hold lock */
static struct arena *newest;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void
enter(void)
{
	pthread_mutex_lock(&lock);
}

static void
leave(void)
{
	pthread_mutex_unlock(&lock);
}

/* fork waits until no other thread is inside: the child has one thread, and a free lock. */
static void
prepare(void)
{
	pthread_atfork(enter, leave, leave);
}

static void
destroy(struct arena *arena)
{
	struct arena **link = &newest;

	while (*link != arena)
		link = &(*link)->older;
	*link = arena->older;
	munmap(arena->memory, arena->size);
	mp_close(&arena->fd);
	free(arena);
}

static int
map(struct arena *arena)
{
	void *memory = mmap(NULL, arena->size, PROT_READ | PROT_WRITE, MAP_SHARED, arena->fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	arena->memory = memory;
	return 0;
}

static int
make(struct arena *arena)
{
	arena->fd = memfd_create("mp-arena", MFD_CLOEXEC);
	if (arena->fd < 0)
		return -errno;
	/* Not ftruncate: what has no page yet is a SIGBUS when memory has run out. */
	int error = -posix_fallocate(arena->fd, 0, (off_t)arena->size);
	if (!error)
		error = map(arena);
	if (!error)
		*(struct notes *)arena->memory = (struct notes){.magic = "mp-note", .version = 1};
	return error;
}

/* Enter one that is like this, when fill has done the rest; hold lock. Its fd
 * is taken over, also in case of errors. */
static int
enlist(struct arena like, int (*fill)(struct arena *), struct arena **out)
{
	struct arena *arena = malloc(sizeof(*arena));
	int error = arena ? 0 : -ENOMEM;

	if (arena) {
		*arena = like;
		arena->older = newest;
		error = fill(arena);
	}
	if (error) {
		mp_close(arena ? &arena->fd : &like.fd);
		free(arena);
		return error;
	}
	newest = *out = arena;
	return 0;
}

/* One with room for size bytes; hold lock. */
static int
arena_with(size_t size, struct arena **out)
{
	struct arena like = {.maker = getpid(), .fd = -1, .used = ALIGNED(sizeof(struct notes))};

	for (struct arena *a = newest; a; a = a->older)
		if (a->maker == like.maker && a->size - a->used >= size) {
			*out = a;
			return 0;
		}
	like.size = like.used + size > ARENA_SIZE ? like.used + size : ARENA_SIZE;
	return enlist(like, make, out);
}

/* The one of a memfd that came from elsewhere, which is taken over; hold lock. */
static int
arena_of(int fd, struct arena **out)
{
	struct stat file = {0}, other;

	if (fstat(fd, &file) == 0)
		for (struct arena *a = newest; a; a = a->older)
			if (fstat(a->fd, &other) == 0 && other.st_ino == file.st_ino &&
			    other.st_dev == file.st_dev) {
				mp_close(&fd);
				*out = a;
				return 0;
			}
	return enlist((struct arena){.fd = fd, .size = (size_t)file.st_size}, map, out);
}

/* The one that a piece lies in; hold lock. NULL: it is no piece. */
static struct arena *
arena_around(const void *memory)
{
	const unsigned char *piece = memory;
	struct arena *a = newest;

	while (a && (piece < a->memory || piece >= a->memory + a->size))
		a = a->older;
	return a;
}

int
mp__shared_new(void **memory, size_t size)
{
	struct arena *arena;

	pthread_once(&prepared, prepare);
	enter();
	int error = arena_with(ALIGNED(size), &arena);
	if (!error) {
		*memory = arena->memory + arena->used;
		arena->used += ALIGNED(size);
		arena->pieces++;
	}
	leave();
	return error;
}

void
mp__shared_free(void *memory)
{
	if (!memory)
		return;
	enter();
	struct arena *a = arena_around(memory);
	if (a && --a->pieces == 0)
		destroy(a);
	leave();
}

int
mp__shared_send(const void *memory, struct mp_value **place)
{
	enter();
	const struct arena *a = arena_around(memory);
	int index = a ? mp__spawning_fd(a->fd) : MP_NOT_SPAWNING;
	size_t offset = a ? (size_t)((const unsigned char *)memory - a->memory) : 0;
	leave();
	if (index < 0)
		return index;
	*place = mp_tuple(mp_int(index), mp_int((int64_t)offset));
	return *place ? 0 : -ENOMEM;
}

int
mp__shared_receive(const struct mp_value *place, size_t size, void **memory)
{
	int64_t index, offset;
	struct arena *arena;

	if (mp_value_int(mp_value_at(place, 0), &index) ||
	    mp_value_int(mp_value_at(place, 1), &offset))
		return MP_KIND;
	int fd = mp__spawned_fd((int)index);
	if (fd < 0)
		return fd;
	pthread_once(&prepared, prepare);
	enter();
	int error = arena_of(fd, &arena);
	if (!error) {
		arena->pieces++;
		*memory = arena->memory + offset;
	}
	if (!error && (offset < 0 || offset % 64 || size > arena->size ||
			  (size_t)offset > arena->size - size)) {
		if (--arena->pieces == 0)
			destroy(arena);
		error = MP_INVALID;
	}
	leave();
	return error;
}

void
mp__shared_note(const void *memory, enum mp__kind kind, size_t size, const _Atomic uint32_t *holder)
{
	enter();
	struct arena *a = arena_around(memory);
	struct notes *notes = a ? (struct notes *)a->memory : NULL;
	uint32_t count = notes ? atomic_load(&notes->count) : 0;
	if (notes && count < sizeof(notes->note) / sizeof(notes->note[0])) {
		notes->note[count] = (struct note){.kind = kind,
		    .words = (uint32_t)((const unsigned char *)memory - a->memory),
		    .words_size = (uint32_t)size,
		    .holder = holder ? (uint32_t)((const unsigned char *)holder - a->memory) : 0};
		atomic_store(&notes->count, count + 1); /* the note is whole now */
	}
	leave();
}
