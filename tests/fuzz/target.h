/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is fuzzed: one function a decoder, in a file fuzz_<subject>.c, and one program for all of
 * them. Each collector is a target by itself ("collect-NAME"). A target returns; what is wrong it
 * finds with FUZZ_EXPECT or leaves to the sanitizers.
 */
#ifndef GVNP_TESTS_FUZZ_TARGET_H
#define GVNP_TESTS_FUZZ_TARGET_H

#include <stddef.h>

#include "gvnp/collector.h"

struct fuzz_target {
	const char *name; /* of its folder in corpus/ */
	void (*run)(const char *bytes, size_t size);
};

/* Ends with a NULL name; without the collectors. */
extern const struct fuzz_target fuzz_targets[];

/* Chooses what fuzz_run() does. False when there is no such target. */
bool fuzz_choose(const char *name);
void fuzz_run(const char *bytes, size_t size);

/* The catalogue of checks, loaded once. */
struct gvnp_catalogue *fuzz_catalogue(void);
/* A database of facts, empty again at each call. */
struct gvnp_facts *fuzz_facts(void);

void fuzz_collect(const struct gvnp_collector *collector, const char *bytes, size_t size);
void fuzz_certificate(const char *bytes, size_t size);
void fuzz_check(const char *bytes, size_t size);
void fuzz_check_run(const char *bytes, size_t size);
void fuzz_cpu(const char *bytes, size_t size);
void fuzz_declaration(const char *bytes, size_t size);
void fuzz_efi_option(const char *bytes, size_t size);
void fuzz_efi_signatures(const char *bytes, size_t size);
void fuzz_elf(const char *bytes, size_t size);
void fuzz_host(const char *bytes, size_t size);
void fuzz_image_head(const char *bytes, size_t size);
void fuzz_iommu(const char *bytes, size_t size);
void fuzz_knowledge(const char *bytes, size_t size);
void fuzz_libvirt_answer(const char *bytes, size_t size);
void fuzz_libvirt_config(const char *bytes, size_t size);
void fuzz_message_answer(const char *bytes, size_t size);
void fuzz_message_request(const char *bytes, size_t size);
void fuzz_mount(const char *bytes, size_t size);
void fuzz_net(const char *bytes, size_t size);
void fuzz_netlink(const char *bytes, size_t size);
void fuzz_outcome(const char *bytes, size_t size);
void fuzz_ovsdb(const char *bytes, size_t size);
void fuzz_proc(const char *bytes, size_t size);
void fuzz_qemu_argument(const char *bytes, size_t size);
void fuzz_query(const char *bytes, size_t size);
void fuzz_redact(const char *bytes, size_t size);
void fuzz_redact_text(const char *bytes, size_t size);
void fuzz_report_text(const char *bytes, size_t size);
void fuzz_seccomp(const char *bytes, size_t size);
void fuzz_snapshot_index(const char *bytes, size_t size);
void fuzz_tailoring(const char *bytes, size_t size);
void fuzz_tar(const char *bytes, size_t size);
void fuzz_tpm_log(const char *bytes, size_t size);
void fuzz_user(const char *bytes, size_t size);
void fuzz_version(const char *bytes, size_t size);
void fuzz_xml(const char *bytes, size_t size);
void fuzz_yaml(const char *bytes, size_t size);

void fuzz_fail(const char *file, int line, const char *claim) __attribute__((noreturn));
#define FUZZ_EXPECT(claim) ((claim) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #claim))

#endif
