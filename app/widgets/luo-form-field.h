/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "luo-draft.h"
#include "luo-record-type.h"

G_BEGIN_DECLS

/* Fields of forms: one member of the record table edited in a row of a boxed list, by its kind. What is typed is read at once; what can not
 * be read is marked there with the reason and does not reach the draft. */

/** Whether @member is edited in one row (else it has an editor of its own). */
gboolean luo_form_field_is_simple (const LuoMember *member);

/**
 * luo_form_field_append:
 * @list: gets the row and, below it, the row of its message
 * @pointer: where the member is in the record (RFC 6901)
 * @counter: a whole number that is counted up and down
 *
 * Returns: (transfer none): the row
 */
GtkWidget *luo_form_field_append (GtkListBox *list, LuoDraft *draft, const LuoMember *member,
                                  const char *pointer, gboolean counter);

/** The same within an expander row. */
GtkWidget *luo_form_field_append_to_expander (AdwExpanderRow *expander, LuoDraft *draft,
                                              const LuoMember *member, const char *pointer);

/** Returns: (transfer none): the widget of a row that holds the value: a GtkTextView for a narrative */
GtkWidget *luo_form_field_get_editor (GtkWidget *row);

/** Returns: (nullable) (transfer none): the value at @pointer ("/funds/0/source") of a record */
JsonNode *luo_form_field_value (JsonObject *object, const char *pointer);

G_END_DECLS
