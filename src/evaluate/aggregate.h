/* SPDX-License-Identifier: Apache-2.0 */
/* list(x): our only aggregate that makes a text, the same whatever the order of rows. */
#ifndef GVNP_EVALUATE_AGGREGATE_H
#define GVNP_EVALUATE_AGGREGATE_H

#include <sqlite3.h>

int gvnp_aggregate_register(sqlite3 *database);

#endif
