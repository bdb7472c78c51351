/* SPDX-License-Identifier: MIT */
#ifndef MP_SHM_H
#define MP_SHM_H
/*
 * Memory with a name: Python's multiprocessing.shared_memory.SharedMemory.
 *
 * Whoever knows the name attaches, related or not, C or Python: "/psm_0badcafe" is the file
 * /dev/shm/psm_0badcafe, mapped. The bytes live until the name is unlinked AND the last
 * process has let go. A name that nobody unlinks stays until the machine is switched off:
 * so what a process creates is also told to the resource tracker (mp/tracker.h), which
 * unlinks it when the whole program is gone, however it went.
 *
 * Invariants: every byte from buf to buf + size can be touched: the memory is there, or
 * create said -ENOSPC. Who attaches has never to do with the end of the name, unless it
 * calls unlink itself.
 *
 * Example:
 *	#include <mp/shm.h>
 *	#include <string.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_shared_memory *mine, *again;
 *		if (mp_shared_memory_create(&mine, NULL, 64) ||
 *		    mp_shared_memory_attach(&again, mp_shared_memory_name(mine)))
 *			return 1;
 *		strcpy(mp_shared_memory_buf(mine), "seen through both");
 *		return mp_shared_memory_unlink(mine) || strlen(mp_shared_memory_buf(again)) != 17;
 *	}
 */
#include <mp/error.h>
#include <stddef.h>
#include <stdint.h>

struct mp_shared_memory;
struct mp_class;

/* To put it into values: mp_object(&mp_shared_memory_class, memory). Who receives it attaches
 * by the name. Tasks shm.7 */
extern const struct mp_class mp_shared_memory_class;

/*
 * Make a new segment of size zero bytes, with a name that did not exist, and map it.
 *
 * Mode 0600. It is entered with the resource tracker. size is signed, so that a difference
 * that went wrong is refused and not taken for a very large number.
 *
 * name    without the slash in front; NULL: "psm_" and eight random hexadecimal digits
 * Owns    the caller owns *out: mp_shared_memory_free. name is copied
 * Returns 0, or
 *   MP_INVALID  size is 0 or negative                               ValueError
 *   -EEXIST     somebody has that name                              FileExistsError
 *   -ENOSPC     there is not so much memory for names: told now, and not by SIGBUS at the
 *               first touch                                         (Python: SIGBUS)
 *   -EFBIG      more than RLIMIT_FSIZE allows; without SIGXFSZ      OSError
 *   -errno      the kernel refused, or the tracker could not be told
 * Python  SharedMemory(name, create=True, size=)
 * Tasks   shm.1 shm.2
 */
int mp_shared_memory_create(
    struct mp_shared_memory **out, const char *name, int64_t size) MP_MUST_CHECK;

/*
 * Map a segment that exists, whole: how long it is, the kernel knows.
 *
 * Not entered with the tracker: it is not ours. (Python's SharedMemory(name, size=) takes a
 * size here too, and ignores it. Up to 3.12 it also enters the name, and the attacher's end
 * unlinks the segment of somebody else: gh-82300.)
 *
 * Owns    as create
 * Returns 0, or
 *   -ENOENT   nobody has that name                                  FileNotFoundError
 *   -ENODATA  it has no bytes yet: its maker is between two steps   ValueError
 *   -errno
 * Python  SharedMemory(name, track=False)
 * Tasks   shm.1
 */
int mp_shared_memory_attach(struct mp_shared_memory **out, const char *name) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_shared_memory_free. Tasks shm.1 */
struct mp_shared_memory *mp_shared_memory_ref(struct mp_shared_memory *memory);

/* Give back one reference; the last one closes. The name stays. NULL is fine. Tasks shm.1 */
void mp_shared_memory_free(struct mp_shared_memory *memory);

/* The name, without the slash in front: what others attach by. Python's name. Tasks shm.1 */
const char *mp_shared_memory_name(const struct mp_shared_memory *memory);

/* How many bytes, as the kernel says. Python's size. Tasks shm.1 */
size_t mp_shared_memory_size(const struct mp_shared_memory *memory);

/* The first byte; NULL after close. Each process has an address of its own: put no pointers
 * into it. Python's buf. Tasks shm.1 */
void *mp_shared_memory_buf(const struct mp_shared_memory *memory);

/* Unmap it in this process; name and size still answer. Twice is fine. Python's close.
 * Tasks shm.1 */
void mp_shared_memory_close(struct mp_shared_memory *memory);

/*
 * Take the name away; who has the memory mapped keeps it.
 *
 * Once, by one process of all. Works after close, too.
 * Returns 0, or -ENOENT nobody has that name (any more) (FileNotFoundError), -errno
 * Python  SharedMemory.unlink
 * Tasks   shm.1 shm.2
 */
int mp_shared_memory_unlink(struct mp_shared_memory *memory) MP_MUST_CHECK;

#endif
