/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-bundle.h"

void
luo_bundle_report_free (LuoBundleReport *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->from);
  g_free (self->to);
  g_free (self->base);
  g_free (self->at);
  g_strfreev (self->spaces);
  g_clear_pointer (&self->refused, g_ptr_array_unref);
  g_free (self);
}
