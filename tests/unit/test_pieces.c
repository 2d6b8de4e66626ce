/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for SQLite: what a piece holds stays its own. */
#include "facts/pieces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { N_PIECES = 3000 };

/* Sizes below, at and above what is small. */
static int size_at(int i)
{
	return 1 + i * 37 % 1400;
}

static void pieces_do_not_overlap_and_hold_what_was_asked(void **state)
{
	static unsigned char *held[N_PIECES];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < N_PIECES; i++) {
			held[i] = gvnp_pieces.xMalloc(size_at(i));
			assert_non_null(held[i]);
			assert_int_equal((uintptr_t)held[i] % 8, 0);
			assert_true(gvnp_pieces.xSize(held[i]) >= size_at(i));
			assert_int_equal(gvnp_pieces.xSize(held[i]),
					 gvnp_pieces.xRoundup(size_at(i)));
			memset(held[i], i & 0xff, (size_t)gvnp_pieces.xSize(held[i]));
		}
		for (int i = 0; i < N_PIECES; i++) {
			for (int at = 0; at < gvnp_pieces.xSize(held[i]); at++)
				assert_int_equal(held[i][at], i & 0xff);
			gvnp_pieces.xFree(held[i]);
		}
	}
}

static void what_was_given_back_is_given_out_again(void **state)
{
	void *first = gvnp_pieces.xMalloc(100);

	(void)state;
	gvnp_pieces.xFree(first);
	void *again = gvnp_pieces.xMalloc(101); /* the same class of sizes */
	assert_ptr_equal(again, first);
	gvnp_pieces.xFree(again);
}

static void a_piece_keeps_its_bytes_when_it_grows_and_shrinks(void **state)
{
	static const int sizes[] = { 8, 16, 900, 1024, 1025, 5000, 9000, 1100, 1024, 24 };
	unsigned char *piece = gvnp_pieces.xMalloc(8);

	(void)state;
	memcpy(piece, "8 bytes", 8);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		piece = gvnp_pieces.xRealloc(piece, sizes[i]);
		assert_non_null(piece);
		assert_true(gvnp_pieces.xSize(piece) >= sizes[i]);
		assert_string_equal((char *)piece, "8 bytes");
	}
	gvnp_pieces.xFree(piece);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_do_not_overlap_and_hold_what_was_asked),
		cmocka_unit_test(what_was_given_back_is_given_out_again),
		cmocka_unit_test(a_piece_keeps_its_bytes_when_it_grows_and_shrinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
