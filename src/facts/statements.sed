# SPDX-License-Identifier: Apache-2.0
# The schema as SQLite gets it at every start: without comments, which it would read twice. No text
# of the schema holds two dashes.
s/--.*//
s/^[\t ]*//
s/[\t ]*$//
/^$/d
s/\\/\\\\/g
s/"/\\"/g
s/.*/"&\\n"/
