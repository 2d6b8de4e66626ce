# SPDX-License-Identifier: Apache-2.0
# Turns every line into a line of a C string.
s/\\/\\\\/g
s/"/\\"/g
s/.*/"&\\n"/
