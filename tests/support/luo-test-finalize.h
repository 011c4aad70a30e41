/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * luo_test_finalize:
 * @object: (transfer full): an object that the caller alone should own now
 *
 * Releases an object and asserts that it ends. Unlike g_assert_finalize_object() it waits: a thread that has answered holds the
 * object for a moment longer, because GTask drops its own reference after the answer was delivered. Whatever still holds the
 * object after a minute is a leak.
 *
 * From the thread of the default main context.
 */
static inline void
luo_test_finalize (gpointer object)
{
  GWeakRef weak;
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  g_weak_ref_init (&weak, object);
  g_object_unref (object);
  while (TRUE)
    {
      GObject *held = g_weak_ref_get (&weak);

      if (held == NULL)
        break;
      g_object_unref (held);
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
  g_weak_ref_clear (&weak);
}

G_END_DECLS
