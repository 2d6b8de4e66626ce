/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The locks: what each process gives up for good before it touches what others wrote. Each function
 * locks the calling process. One that cannot be locked must not go on: it says why on standard
 * error and returns false, and the process ends with GVNP_LOCK_FAILED. There is no switch for any
 * of it at run time; a build that checks itself (sanitizers, coverage) compiles wider filters.
 */
#ifndef GVNP_PRIVILEGE_LOCK_H
#define GVNP_PRIVILEGE_LOCK_H

#include <stdbool.h>
#include <stddef.h>

/* Exit status of a process that could not lock itself; not one that programs use. */
enum { GVNP_LOCK_FAILED = 71 };

/* The reader: what must be seen, and nothing that changes anything. `socket` leads to the worker;
 * no descriptor up to it can be closed from then on. */
bool gvnp_lock_reader(int socket);

/* The deep reader, of --deep: stops threads to read their system call filters. */
bool gvnp_lock_deep(void);

/* The worker: computes, and answers on what is open. */
bool gvnp_lock_worker(void);

/* The libvirt reader, in three steps: before it looks whether the daemon runs, before it becomes
 * gvnp-audit-libvirt, and in that program before it connects. */
bool gvnp_lock_libvirt_look(void);
bool gvnp_lock_libvirt_become(void);
bool gvnp_lock_libvirt_program(void);

/* The supervisor, once the readers run: the audit record, and writing the report. */
bool gvnp_lock_supervisor(void);

/* For --privileges and its test: stops this process, which is then looked at and killed. */
__attribute__((noreturn)) void gvnp_lock_hold(void);

#endif
