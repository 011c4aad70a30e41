/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LuoRecordError:
 * @LUO_RECORD_ERROR_JSON: the text is not JSON as RFC 8259 has it (or too deep, too large, a member twice)
 * @LUO_RECORD_ERROR_TYPE: the record's type is not known
 * @LUO_RECORD_ERROR_MEMBER: a member is missing, of the wrong kind or out of bounds; the message names it and what was expected
 * @LUO_RECORD_ERROR_VALUE: a typed text (money, date, document number) can not be read
 *
 * What the record library refuses. Every message is translated and fit for a person.
 */
typedef enum
{
  LUO_RECORD_ERROR_JSON,
  LUO_RECORD_ERROR_TYPE,
  LUO_RECORD_ERROR_MEMBER,
  LUO_RECORD_ERROR_VALUE,
} LuoRecordError;

#define LUO_RECORD_ERROR (luo_record_error_quark ())
GQuark luo_record_error_quark (void);

G_END_DECLS
