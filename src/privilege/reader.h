/* SPDX-License-Identifier: Apache-2.0 */
/* The reader process: the only one that opens files of the audited host. */
#ifndef GVNP_PRIVILEGE_READER_H
#define GVNP_PRIVILEGE_READER_H

#include "gvnp/source.h"

/*
 * Answers the requests that arrive on `socket` from `source`, until its other end is closed: those
 * that somebody waits for in order and at once, those that can wait (GVNP_MESSAGE_LATER) in order
 * when there are no others. A request that `declares` does not allow is answered
 * GVNP_NOT_DECLARED and nothing is opened for it. Returns 0, -EBADMSG at the first frame that is
 * not exactly a request, or a negative errno of the socket.
 */
int gvnp_reader_serve(int socket, struct gvnp_source *source,
		      bool (*declares)(enum gvnp_operation operation, const char *path));

#endif
