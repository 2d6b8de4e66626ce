/* SPDX-License-Identifier: Apache-2.0 */
/* One root cause, one finding: when a finding is told with another one, and when it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/cause.h"

static const char *const causes[] = { "isolation-cause", NULL };
static struct gvnp_waiver waiver;

struct host {
	struct gvnp_check checks[2];
	struct gvnp_subject root[2], consequence[2];
	struct gvnp_result results[2];
	struct gvnp_results all;
	struct gvnp_report report;
};

static struct gvnp_subject failing(const char *name)
{
	return (struct gvnp_subject){
		.object = "", .subject = name, .verdict = GVNP_FAIL, .problem = ""
	};
}

/* A cause that is of the whole host, and two VMs that fail. */
static void init(struct host *host)
{
	*host = (struct host){
		.checks = { { .id = "isolation-cause", .severity = GVNP_HIGH },
			    { .id = "isolation-effect",
			      .severity = GVNP_HIGH,
			      .per = "qemu_process",
			      .caused_by = causes } },
		.root = { failing("host") },
		.consequence = { failing("amf"), failing("upf") },
	};
	host->results[0] = (struct gvnp_result){ .check = &host->checks[0],
						 .verdict = GVNP_FAIL,
						 .problem = "",
						 .subjects = host->root,
						 .n_subjects = 1 };
	host->results[1] = (struct gvnp_result){ .check = &host->checks[1],
						 .verdict = GVNP_FAIL,
						 .problem = "",
						 .subjects = host->consequence,
						 .n_subjects = 2 };
	host->all = (struct gvnp_results){ .results = host->results, .n = 2 };
	host->report = (struct gvnp_report){ .results = &host->all };
}

static const struct gvnp_result *cause(struct host *host)
{
	return gvnp_report_cause(&host->report, &host->results[1]);
}

static void a_cause_of_the_host_explains_every_vm(void **state)
{
	struct host host;

	(void)state;
	init(&host);
	assert_ptr_equal(cause(&host), &host.results[0]);
	assert_null(gvnp_report_cause(&host.report, &host.results[0]));
}

static void a_cause_that_did_not_fail_or_is_accepted_explains_nothing(void **state)
{
	struct host host;

	(void)state;
	init(&host);
	host.results[0].verdict = GVNP_PASS;
	assert_null(cause(&host));
	host.results[0].verdict = GVNP_INCONCLUSIVE;
	assert_null(cause(&host));
	host.results[0].verdict = GVNP_FAIL;
	host.results[0].is_waived = true;
	assert_null(cause(&host));
}

static void a_worse_finding_is_not_put_under_a_lesser_one(void **state)
{
	struct host host;

	(void)state;
	init(&host);
	host.checks[1].severity = GVNP_CRITICAL;
	assert_null(cause(&host));
}

static void a_cause_per_vm_explains_only_the_vms_it_names(void **state)
{
	struct host host;

	(void)state;
	init(&host);
	host.checks[0].per = "qemu_process";
	host.root[0] = failing("upf");
	assert_null(cause(&host));
	host.root[1] = failing("amf");
	host.results[0].n_subjects = 2;
	assert_ptr_equal(cause(&host), &host.results[0]);
	host.root[1].waiver = &waiver;
	assert_null(cause(&host));
	host.root[1].waiver = NULL;
	host.root[1].verdict = GVNP_PASS;
	assert_null(cause(&host));
	/* a VM that passes, or is waived, needs no explanation */
	host.consequence[0].verdict = GVNP_PASS;
	assert_ptr_equal(cause(&host), &host.results[0]);
}

static void a_cause_that_is_not_in_the_catalogue_explains_nothing(void **state)
{
	struct host host;

	(void)state;
	init(&host);
	host.checks[0].id = "isolation-other";
	assert_null(cause(&host));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cause_of_the_host_explains_every_vm),
		cmocka_unit_test(a_cause_that_did_not_fail_or_is_accepted_explains_nothing),
		cmocka_unit_test(a_worse_finding_is_not_put_under_a_lesser_one),
		cmocka_unit_test(a_cause_per_vm_explains_only_the_vms_it_names),
		cmocka_unit_test(a_cause_that_is_not_in_the_catalogue_explains_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
