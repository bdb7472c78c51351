/* SPDX-License-Identifier: MIT */
#ifndef SPAWN_TRACKER_H
#define SPAWN_TRACKER_H
/* The tracker's side door, for the files of this stage only. */

/* The types of names, and how one is unlinked: 0, or -1 and errno. Given. */
struct tracker_type {
	const char *name;
	int (*unlink)(const char *name);
};
extern const struct tracker_type tracker_types[];
extern const int tracker_type_count;

/* Use the tracker behind this descriptor, which was inherited. Tasks spawn.6 */
void tracker_adopt(int fd);

#endif
