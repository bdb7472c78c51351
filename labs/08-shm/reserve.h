/* SPDX-License-Identifier: MIT */
#ifndef SHM_RESERVE_H
#define SHM_RESERVE_H
/* Memory that is there, for the files of this stage only. */
#include <stdint.h>

#endif
