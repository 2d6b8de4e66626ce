/* SPDX-License-Identifier: Apache-2.0 */
/* Which findings are but consequences of another one (caused_by of a check). */
#ifndef GVNP_REPORT_CAUSE_H
#define GVNP_REPORT_CAUSE_H

#include "gvnp/report.h"

/* The finding that explains this one: a check it names as its cause failed too, unwaived, and for
 * every subject that fails here when the cause is judged subject by subject. NULL: it stands for
 * itself. */
const struct gvnp_result *gvnp_report_cause(const struct gvnp_report *report,
					    const struct gvnp_result *result);

#endif
