/* SPDX-License-Identifier: Apache-2.0 */
/* What a QEMU device model is, in the words of domain_device.kind. */
#ifndef GVNP_COLLECT_QEMU_MODEL_H
#define GVNP_COLLECT_QEMU_MODEL_H

/* "nic" for e1000, "floppy" for floppy … ; "other" for a model that is not known. Static. */
const char *gvnp_qemu_model_kind(const char *model);

#endif
