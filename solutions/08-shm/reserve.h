/* SPDX-License-Identifier: MIT */
#ifndef SHM_RESERVE_H
#define SHM_RESERVE_H
/* Memory that is there, for the files of this stage only. */
#include <stdint.h>

//{
/*
 * Have the bytes from start on, or be told at once that there are not so many.
 *
 * A file made longer by ftruncate has a promise for bytes, and who touches one that cannot be
 * kept is killed by SIGBUS.
 * Returns 0, -ENOSPC, -EFBIG, -errno
 */
int mp__reserve(int fd, uint64_t start, uint64_t size);
//}

#endif
