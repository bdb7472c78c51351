/* SPDX-License-Identifier: MIT */
#ifndef MP_OPAQUE_H
#define MP_OPAQUE_H
/*
 * What is carried, and not understood; and the library's own objects in values.
 *
 * A pickle of Python's may say "call decimal.Decimal with ('1.5',)". Nothing is ever called
 * here: the sentence itself is the value, a reduce, which can be compared, printed, taken
 * apart and sent on, and means the same again to the next Python. Exceptions travel that way.
 *
 * A lock or a connection is an object of the library: its class says by reduce what value
 * another process needs to have it, too, and by rebuild how to make it there. In a pickle it
 * is the call of the global "mp" NAME with that value.
 *
 * Example:
 *	#include <mp.h>
 *	#include <string.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_value *error = mp_reduce(mp_global("builtins", "IndexError"),
 *		    mp_tuple(mp_str("no such item")));
 *		const char *name = mp_global_name(mp_reduce_callable(error));
 *		int status = !name || strcmp(name, "IndexError");
 *		mp_value_free(error);
 *		return status;
 *	}
 */
#include <mp/value.h>

/* What Python finds under a name in a module. Equal by name. Tasks pickle.6 */
struct mp_value *mp_global(const char *module, const char *name);
const char *mp_global_module(const struct mp_value *v);
const char *mp_global_name(const struct mp_value *v);

/*
 * callable(*args), and for mp_newobj class.__new__(class, *args).
 *
 * Owns    both are taken over
 * Returns NULL also when args is no tuple (errno EINVAL)
 * Tasks   pickle.6
 */
struct mp_value *mp_reduce(struct mp_value *callable, struct mp_value *args);
struct mp_value *mp_newobj(struct mp_value *class, struct mp_value *args);

/* Give a reduce the state that its object will be given after the call (__setstate__ or
 * __dict__): 0, or MP_KIND, -ENOMEM. state is taken over in any case. Tasks pickle.6 */
int mp_reduce_set_state(struct mp_value *reduce, struct mp_value *state) MP_MUST_CHECK;

/* Its parts, borrowed; NULL: there is none. Tasks pickle.6 */
struct mp_value *mp_reduce_callable(const struct mp_value *reduce);
struct mp_value *mp_reduce_args(const struct mp_value *reduce);
struct mp_value *mp_reduce_state(const struct mp_value *reduce);

/*
 * How objects of the library become values, and values objects. Each function returns 0 or
 * an error, which becomes the error of dumps or loads.
 *
 *	reduce   make in *state what another process needs; NULL: cannot be pickled
 *	rebuild  make in *object, with one reference, what state describes; state is borrowed,
 *	         and may be anything: it comes from outside
 *	ref      take, unref give back, one reference; NULL: nothing to be done
 */
struct mp_class {
	const char *name;
	int (*reduce)(void *object, struct mp_value **state);
	int (*rebuild)(const struct mp_value *state, void **object);
	void (*ref)(void *object);
	void (*unref)(void *object);
};

/* An object as a value, which has a reference of its own. Tasks pickle.6 */
struct mp_value *mp_object(const struct mp_class *class, void *object);

/* The object, borrowed; NULL if v is nothing of that class. Tasks pickle.6 */
void *mp_value_object(const struct mp_value *v, const struct mp_class *class);

/* At file scope, with the name of a variable: loads will know this class by its name. */
#define MP_REGISTER_CLASS(variable)                                                                \
	static struct mp_class_entry mp__entry_##variable = {&(variable), NULL};                   \
	__attribute__((constructor)) static void mp__register_##variable(void)                     \
	{                                                                                          \
		mp__class_register(&mp__entry_##variable);                                         \
	}                                                                                          \
	struct mp_class_entry

struct mp_class_entry {
	const struct mp_class *class;
	struct mp_class_entry *next;
};
void mp__class_register(struct mp_class_entry *entry);

#endif
