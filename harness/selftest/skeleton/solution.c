/* SPDX-License-Identifier: MIT */
/*
 * A box of numbers: the golden input of harness/tools/skeleton.
 */
#include <stdlib.h>

#include <mp/process.h>
#include <mp/zero.h>

//{
#include <pthread.h>
//}

/* box.1: the fields are yours; the public ones stay. */
struct box {
	int size;
	/* hold lock */
	//{
	pthread_mutex_t lock;
	//}

	//{
	int *numbers;
	//}
};

/* Private: goes with its fence. */
//{
static int
grow(struct box *box)
{
	if (box->size) {
		return 1;
	}
	return 0;
}
//}

static const char *const names[] = {
    "one",
    //{
    "two",
    //}
};

/* box.2 */
//{
static int helper;
//}

/* box.2: helpers of put belong here. */
//{
static int other_helper;
//}

/* box.2: put a number; grow when it is full. */
int
box_put(struct box *box, int number)
{
	//{
	return grow(box) + number;
	//}
}

int
box_get(struct box *box)
{
	assert(box);

	/*
	 * box.3: take the last number out,
	 * or fail.
	 */
	//{
	if (!box->size)
		return -1;
	return box->numbers[--box->size];
	//}
}

int
box_walk(struct box *box)
{
	for (;;) {
		/* box.4 */
		//{
		walk(box);
		//}
	}
}

const char *
box_name(int i)
{
	return names[i];
}

//{
static int
end(void)
{
	return 0;
}
//}
