/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose check files a run believes. The rule kept here: only somebody who could also replace the
 * program itself may decide what it finds. That is root, whoever runs it, and whoever owns the
 * program (a checkout built by a developer and run with sudo).
 */
#include "evaluate/trust.h"

#include <stdbool.h>
#include <unistd.h>

/* The owner of the running program; root's when it cannot be told. */
static const struct stat *program(void)
{
	static struct stat status;
	static bool is_known;

	if (!is_known && stat("/proc/self/exe", &status))
		status = (struct stat){ 0 };
	is_known = true;
	return &status;
}

const char *gvnp_trust_refuses(const struct stat *status)
{
	const struct stat *own = program();

	if (status->st_uid != 0 && status->st_uid != geteuid() && status->st_uid != own->st_uid)
		return "refused: its owner must be root, or whoever owns or runs the program";
	if (status->st_mode & S_IWOTH)
		return "refused: others may write it (chmod o-w)";
	/* A group may write what belongs to the program's own group: umask 002 in a checkout. */
	if ((status->st_mode & S_IWGRP) && status->st_gid != 0 && status->st_gid != own->st_gid)
		return "refused: a group that is not the program's may write it (chmod g-w)";
	return NULL;
}
