#define _GNU_SOURCE
#include "common.h"
STAGE("x")
ROW("pickle.1/x", 1, "x")
{
	EQUAL(1, 1);
}
